using System.Text;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.Sms;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.Accounts;

/// <summary>What an account tells others. The kinds are stored: they are never renamed. Every receiver ignores a repeat.</summary>
internal static class AccountOutbox
{
    /// <summary>The kind of the certificate task that confirms a change of number.</summary>
    public const string NumberChange = "account/number-change";
    public const string ReleaseNumber = "account/release-number";
    public const string NumberNotice = "account/number-notice";
    public const string ReleasePerson = "account/release-person";
    public const string ReleaseWeChat = "account/release-wechat";
    public const string ClearInbox = "account/clear-inbox";
    public const string ClearWallet = "account/clear-wallet";

    public static Outbox AddReleaseNumber(this Outbox outbox, UserId user, string numberHash) => outbox.Add(ReleaseNumber, numberHash, user);

    public static Outbox AddNumberNotice(this Outbox outbox, UserId user, NumberNotice notice) => outbox.Add(NumberNotice, user.ToString(), notice);

    public static Outbox AddReleasePerson(this Outbox outbox, UserId user, string idNumberHash) => outbox.Add(ReleasePerson, idNumberHash, user);

    public static Outbox AddReleaseWeChat(this Outbox outbox, UserId user, string accountHash) => outbox.Add(ReleaseWeChat, accountHash, user);

    public static Outbox AddClearInbox(this Outbox outbox, UserId user) => outbox.Add(ClearInbox, user.ToString(), user);

    public static Outbox AddClearWallet(this Outbox outbox, UserId user) => outbox.Add(ClearWallet, user.ToString(), user);
}

/// <param name="SealedNumber">Who is told; sealed for this notice, since the account has another number by then.</param>
/// <param name="NewEnding">The new number's last four digits.</param>
internal sealed record NumberNotice(byte[] SealedNumber, string NewEnding)
{
    private const string Purpose = "account/number-notice";

    public static NumberNotice For(IKeyProtector protector, UserId user, string oldNumber, string newNumber) =>
        new(protector.Protect(Purpose, user.Value.ToByteArray(), Encoding.ASCII.GetBytes(oldNumber)), newNumber[^4..]);

    public string OpenNumber(IKeyProtector protector, UserId user)
    {
        using var opened = protector.Unprotect(Purpose, user.Value.ToByteArray(), SealedNumber);
        return Encoding.ASCII.GetString(opened.Span);
    }
}

/// <summary>Who is told of each kind.</summary>
internal sealed class AccountRoutes(IGrainFactory grains) : IOutboxRoutes
{
    public IReadOnlyList<OutboxRoute> Routes =>
    [
        new(AccountOutbox.NumberChange, item => grains.User(new UserId(Guid.Parse(item.Target))).NumberChangeSigned(item.Read<TaskSigned>())),
        new(AccountOutbox.ReleaseNumber, item => grains.PhoneNumber(item.Target).Release(item.Read<UserId>())),
        new(AccountOutbox.ReleasePerson, item => grains.Person(item.Target).Release(item.Read<UserId>())),
        new(AccountOutbox.ReleaseWeChat, item => grains.WeChatAccount(item.Target).Untie(item.Read<UserId>())),
        new(AccountOutbox.ClearInbox, item => grains.Inbox(item.Read<UserId>()).Clear()),
        new(AccountOutbox.ClearWallet, item => grains.Wallet(item.Read<UserId>()).Clear()),
    ];
}

/// <summary>
/// Tells the old number. Sent once, whatever the provider says: a message that may have gone out is not repeated, and nothing behind it waits. The
/// inbox tells it too.
/// </summary>
internal sealed partial class NumberNoticeHandler(ISmsSender sms, IKeyProtector protector, TimeProvider time, ILogger<NumberNoticeHandler> log) : IOutboxHandler
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(6);

    public string Kind => AccountOutbox.NumberNotice;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var user = new UserId(Guid.Parse(delivery.Item.Target));
        var notice = delivery.Item.Read<NumberNotice>();
        using var deadline = new CancellationTokenSource(SendTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            if (await sms.SendCodeAsync(notice.OpenNumber(protector, user), notice.NewEnding, SmsPurpose.NumberChanged, Guid.NewGuid().ToString("N"), either.Token) is not SmsResult.Ok)
            {
                LogNotSent(user);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            LogNotSent(user);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The old number of user {User} could not be told by SMS of its change.")]
    private partial void LogNotSent(UserId user);
}
