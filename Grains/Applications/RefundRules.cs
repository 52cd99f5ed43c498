using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Providers.Payments;

namespace Bzt.Grains.Applications;

/// <summary>What a refund decides, without clock, randomness or I/O.</summary>
public static class RefundRules
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>A provider that refuses wants an operator, who takes his time: an account to be filled, a permission.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromHours(6);

    public static StoredRefund Begin(StoredRefund state, BeginRefund command, DateTimeOffset now) =>
        state.Refund is null ? state with { Refund = new RefundRecord(command, Number(command), 0, now, null, false, null) } : state;

    public static StoredRefund Answered(StoredRefund state, RefundResult answer, DateTimeOffset now)
    {
        var refund = state.Refund! with { Tries = state.Refund!.Tries + 1 };
        return answer switch
        {
            RefundResult.Ok => Tell(state, refund with { LastAnswer = null, PaidBackAt = now }, null, now),
            RefundResult.Refused(var code) when refund.Refused => state with { Refund = refund with { LastAnswer = code, NextTry = now + AfterRefusal } },
            RefundResult.Refused(var code) => Tell(state, refund with { LastAnswer = code, NextTry = now + AfterRefusal, Refused = true }, code, now),
            RefundResult.Unavailable(var reason) => state with { Refund = refund with { LastAnswer = reason, NextTry = now + Wait(refund.Tries) } },
            RefundResult.Processing => state with { Refund = refund with { LastAnswer = "processing", NextTry = now + Wait(refund.Tries) } },
            _ => throw new InvalidOperationException("No such answer."),
        };
    }

    /// <summary>The same for the same payment for ever: that is what makes a repeated request one refund.</summary>
    private static string Number(BeginRefund command) => "R" + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{command.Order.Value:N}/{command.TradeId}")).AsSpan(0, 21));

    private static StoredRefund Tell(StoredRefund state, RefundRecord refund, string? code, DateTimeOffset now) => state with
    {
        Refund = refund,
        Outbox = state.Outbox.Add(ApplicationOutbox.RefundAnswered, refund.Begun.Order.ToString(), new RefundOutcome(refund.Begun.TradeId, code, now)),
    };

    // 1, 2, 4 … minutes.
    private static TimeSpan Wait(int tries) => tries > 6 ? Longest : TimeSpan.FromMinutes(1 << (tries - 1));
}
