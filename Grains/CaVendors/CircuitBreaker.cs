namespace Bzt.Grains.CaVendors;

/// <summary>Keeps calls from a vendor that does not answer: after some failures in a row none is made for a while, then one is tried.</summary>
/// <param name="Failures">In a row.</param>
/// <param name="ClosedUntil">No call before.</param>
public readonly record struct CircuitBreaker(int Failures, DateTimeOffset ClosedUntil)
{
    private const int Tolerated = 5;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Last = TimeSpan.FromMinutes(5);

    /// <summary>It had failed too often, and one call finds out whether it is back.</summary>
    public bool IsProbing => Failures >= Tolerated;

    public bool Allows(DateTimeOffset now) => now >= ClosedUntil;

    public CircuitBreaker Succeeded() => default;

    public CircuitBreaker Failed(DateTimeOffset now)
    {
        var failures = Failures + 1;
        if (failures < Tolerated)
        {
            return new CircuitBreaker(failures, default);
        }

        var pause = First * Math.Pow(2, Math.Min(failures - Tolerated, 8));
        return new CircuitBreaker(failures, now + (pause < Last ? pause : Last));
    }
}
