using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.Certificates;

/// <summary>Whom changes and resets of a PIN concern. The kinds are stored: they are never renamed.</summary>
internal static class PinOutbox
{
    public const string DeviceCount = "certificate/device-count";
    public const string Administrator = "certificate/administrator";
    public const string SmsNotice = "certificate/sms-notice";
    public const string Waived = "certificate/pin-reset-waived";

    public static Outbox AddDeviceCount(this Outbox outbox, CreateCertificate created, CertificateId certificate, int failures) =>
        outbox.Add(DeviceCount, created.Device.ToString(), new DevicePinCount(certificate, created.Holder, failures, outbox.LastSequence + 1));

    /// <summary>To the enterprise's administrator, unless he is the holder himself.</summary>
    public static Outbox AddAdministratorMessage(this Outbox outbox, CreateCertificate created, InboxEntry entry) =>
        EnterpriseOf(created) is { } code ? outbox.Add(Administrator, code.Value, new AdministratorNotice(created.Holder, entry)) : outbox;

    /// <summary>Whose administrator has a say; null for a personal certificate.</summary>
    public static CreditCode? EnterpriseOf(CreateCertificate created) => created.Subject.CreditCode is { Length: > 0 } code ? new CreditCode(code) : null;

    public static Outbox AddSmsNotice(this Outbox outbox, CreateCertificate created, CertificateId certificate, PinReset reset) =>
        outbox.Add(SmsNotice, created.Holder.ToString(), new SmsNotice(
            $"certificate/{certificate}/reset/{reset.Operation}", SmsNoticeKind.PinResetAsked, PinMessages.Time(reset.NotBefore), reset.NotBefore));
}

/// <summary>
/// A message about a member's certificate. The certificate does not know its holder's name, and a message that waits need not keep it: the name
/// goes in, masked, when the message is delivered.
/// </summary>
internal sealed record AdministratorNotice(UserId Holder, InboxEntry Entry)
{
    /// <summary>Stands in the text for the member. Stored: it is never changed.</summary>
    public const string Member = "{member}";

    /// <param name="name">Masked; null when the account is gone.</param>
    public InboxEntry For(string? name) => Entry with { Body = Entry.Body.Replace(Member, name is null ? "一名成员" : $"成员{name}", StringComparison.Ordinal) };
}

/// <summary>Who is told of each kind.</summary>
internal sealed class PinRoutes(IGrainFactory grains) : IOutboxRoutes
{
    public IReadOnlyList<OutboxRoute> Routes =>
    [
        new(PinOutbox.DeviceCount, item => grains.DevicePins(new DeviceId(Guid.Parse(item.Target))).Count(item.Read<DevicePinCount>())),
        new(PinOutbox.SmsNotice, item => grains.SmsNotice(new UserId(Guid.Parse(item.Target))).Send(item.Read<SmsNotice>())),
        new(PinOutbox.Waived, item => grains.CertificatePin(new CertificateId(Guid.Parse(item.Target))).PinResetWaived(item.Read<TaskSigned>())),
    ];
}

public sealed class AdministratorHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => PinOutbox.Administrator;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var notice = delivery.Item.Read<AdministratorNotice>();
        if (await grains.Enterprise(new CreditCode(delivery.Item.Target)).GetAdministrator() is Done<UserId>(var administrator) && administrator != notice.Holder)
        {
            var name = await grains.User(notice.Holder).GetAccount() is Done<Account>(var holder) ? holder.RealName?.MaskedName : null;
            await grains.Inbox(administrator).Post(notice.For(name));
        }
    }
}
