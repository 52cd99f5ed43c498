namespace Bzt.Simulators.BankCards;

public sealed record BankCardRequest(string RequestId, string Name, string IdNumber, string CardNumber, string Phone);

/// <param name="ReceiptId">The provider's.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Result">MATCH, MISMATCH, CARD_UNUSABLE, CARD_UNSUPPORTED or TOO_MANY.</param>
/// <param name="At">When it was asked first.</param>
public sealed record BankCardCheck(string ReceiptId, BankCardRequest Request, string Result, DateTimeOffset At);

sealed class BankCardSimulator(SimulatorState state, TimeProvider time)
{
    /// <summary>Null when the request id stands for other data. The same request is answered, and charged, once.</summary>
    public BankCardCheck? Verify(BankCardRequest request, string? steered) => state.Change(world =>
    {
        if (world.BankCardChecks.TryGetValue(request.RequestId, out var earlier))
        {
            return earlier.Request == request ? earlier : null;
        }

        var owner = TestPerson.OfCard(request.CardNumber);
        var result = steered
            ?? (owner is null ? "CARD_UNSUPPORTED"
            : owner.Name == request.Name && owner.IdNumber == request.IdNumber && owner.Phone == request.Phone ? "MATCH" : "MISMATCH");
        var check = new BankCardCheck("BC" + Guid.CreateVersion7().ToString("N"), request, result, time.GetUtcNow());
        world.BankCardChecks.Add(request.RequestId, check);
        return check;
    });

    public IReadOnlyList<BankCardCheck> Newest(int count) => state.Read<IReadOnlyList<BankCardCheck>>(world =>
        [.. world.BankCardChecks.Values.OrderByDescending(check => check.At).Take(count)]);
}
