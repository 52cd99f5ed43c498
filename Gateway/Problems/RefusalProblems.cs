using Bzt.Contracts;
using Bzt.Grains;

namespace Bzt.Gateway.Problems;

/// <summary>Refusals of grains as problem documents.</summary>
internal static class RefusalProblems
{
    /// <summary>A silo of the release after this one refuses with codes of its own; their text came along.</summary>
    public static string CodeOf(Refusal refusal) => refusal.Code.TextOf() ?? refusal.Text ?? ErrorCodes.Refused;

    public static string CodeOf(RefusalCode code) => code.TextOf() ?? ErrorCodes.Refused;

    /// <summary>The value as <paramref name="done"/> answers it, or the refusal as a problem.</summary>
    public static IResult ToHttp<T>(this Reply<T> reply, Func<T, IResult> done) => reply switch
    {
        Done<T>(var value) => done(value),
        Refused<T>(var refusal) => refusal.ToHttp(),
        _ => throw new InvalidOperationException($"A reply of type {reply.GetType()}."),
    };

    public static IResult ToHttp(this Refusal refusal) => new ProblemResult(CodeOf(refusal))
    {
        IsRefusal = true,
        RetryAt = refusal.RetryAfter,
        Detail = refusal.TriesLeft is { } tries ? $"还可尝试{tries}次" : null,
    };
}
