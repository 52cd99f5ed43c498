using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Bzt.Simulators.Remittances;

/// <param name="PayerAccountTail">All that is told of the payer's account.</param>
public sealed record Remittance(string Serial, string PayerName, string PayerAccountTail, long AmountFen, DateTimeOffset ReceivedAt);

/// <summary>The account opened for one reference.</summary>
/// <param name="Notification">Of what came in so far; null while nothing did.</param>
public sealed record RemittanceAccount(
    Guid Reference,
    string Account,
    DateTimeOffset ExpiresAt,
    string NotifyUrl,
    DateTimeOffset OpenedAt,
    ImmutableArray<Remittance> Remittances,
    Notification? Notification);

/// <summary>A bank that opens an account for each reference and tells what comes in on it. It agrees to nothing: amounts and payers are the product's affair.</summary>
sealed class RemittanceSimulator(SimulatorState state, TimeProvider time)
{
    public const string PayeeName = "标证通服务（模拟）有限公司";
    public const string PayeeBank = "模拟银行宜昌支行";

    /// <summary>Null when the reference stands for other data.</summary>
    public RemittanceAccount? Open(Guid reference, DateTimeOffset expiresAt, string notifyUrl) => state.Change(world =>
    {
        if (world.RemittanceAccounts.TryGetValue(reference, out var known))
        {
            return known.ExpiresAt == expiresAt && known.NotifyUrl == notifyUrl ? known : null;
        }

        var account = new RemittanceAccount(reference, "9558" + RandomNumberGenerator.GetString(SimulatorKeys.Digits, 15), expiresAt, notifyUrl, time.GetUtcNow(), [], null);
        world.RemittanceAccounts.Add(reference, account);
        return account;
    });

    public RemittanceAccount? Find(Guid reference) => state.Read(world => world.RemittanceAccounts.GetValueOrDefault(reference));

    public IReadOnlyList<RemittanceAccount> Newest(int count) => state.Read<IReadOnlyList<RemittanceAccount>>(world =>
        [.. world.RemittanceAccounts.Values.OrderByDescending(account => account.OpenedAt).Take(count)]);

    public IReadOnlyList<RemittanceAccount> Unnotified() => state.Read<IReadOnlyList<RemittanceAccount>>(world =>
        [.. world.RemittanceAccounts.Values.Where(account => account.Notification is { Accepted: false })]);

    /// <summary>Money arrives. False when no account of the reference is open.</summary>
    public bool Remit(Guid reference, string payerName, string payerAccount, long amountFen) => state.Change(world =>
    {
        if (!world.RemittanceAccounts.TryGetValue(reference, out var account))
        {
            return false;
        }

        var now = time.GetUtcNow();
        var remittance = new Remittance(
            $"{BeijingTime.Of(now):yyyyMMdd}{RandomNumberGenerator.GetString(SimulatorKeys.Digits, 12)}", payerName, payerAccount.Length > 6 ? payerAccount[^6..] : payerAccount, amountFen, now);
        world.RemittanceAccounts[reference] = account with { Remittances = account.Remittances.Add(remittance), Notification = new(Guid.NewGuid().ToString("N"), 0, false, null) };
        return true;
    });

    public void Notified(Guid reference, bool accepted, string answer) => state.Change(world =>
    {
        if (world.RemittanceAccounts.TryGetValue(reference, out var account) && account.Notification is { } notification)
        {
            world.RemittanceAccounts[reference] = account with { Notification = notification.Answered(accepted, answer) };
        }

        return true;
    });
}
