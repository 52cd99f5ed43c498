using Bzt.Simulators.BankCards;

namespace Bzt.Simulators.Faces;

public sealed record FaceCheckRequest(string RequestId, string Name, string IdNumber, string ReturnUrl);

public sealed record FaceCheckQuery(string CheckId);

/// <param name="CheckId">Also what opens its page: 128 random bits.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Result">WAITING, PASSED, IDENTITY_MISMATCH, FACE_MISMATCH, LIVENESS_FAILED, CANCELLED or EXPIRED.</param>
/// <param name="At">When it began.</param>
/// <param name="ReceiptId">Of a check that passed.</param>
public sealed record FaceCheck(string CheckId, FaceCheckRequest Request, string Result, DateTimeOffset At, string? ReceiptId);

/// <summary>What may happen before the camera.</summary>
public enum FaceAct
{
    /// <summary>The person looks into the camera.</summary>
    Pass,
    /// <summary>Somebody else does.</summary>
    Stranger,
    /// <summary>A photograph is held up.</summary>
    Photograph,
    /// <summary>The person says no.</summary>
    Cancel,
}

sealed class FaceSimulator(SimulatorState state, TimeProvider time)
{
    static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    /// <summary>Null when the request id stands for other data. The same request is the same check.</summary>
    public FaceCheck? Begin(FaceCheckRequest request) => state.Change(world =>
    {
        if (world.FaceChecks.Values.FirstOrDefault(check => check.Request.RequestId == request.RequestId) is { } earlier)
        {
            return earlier.Request == request ? earlier : null;
        }

        var check = new FaceCheck(Guid.NewGuid().ToString("N"), request, "WAITING", time.GetUtcNow(), null);
        world.FaceChecks.Add(check.CheckId, check);
        return check;
    });

    /// <summary>As of now: what nobody went through in time has expired.</summary>
    public FaceCheck? Find(string checkId) => state.Change(world =>
    {
        if (world.FaceChecks.TryGetValue(checkId, out var check) && check.Result == "WAITING" && time.GetUtcNow() >= check.At + Lifetime)
        {
            world.FaceChecks[checkId] = check with { Result = "EXPIRED" };
        }

        return world.FaceChecks.GetValueOrDefault(checkId);
    });

    /// <summary>Null when there is no such check; one that is over stays as it is.</summary>
    public FaceCheck? Act(string checkId, FaceAct act)
    {
        if (Find(checkId) is not { Result: "WAITING" } check)
        {
            return Find(checkId);
        }

        var result = act switch
        {
            FaceAct.Pass => TestPerson.OfIdNumber(check.Request.IdNumber)?.Name == check.Request.Name ? "PASSED" : "IDENTITY_MISMATCH",
            FaceAct.Stranger => "FACE_MISMATCH",
            FaceAct.Photograph => "LIVENESS_FAILED",
            _ => "CANCELLED",
        };
        return state.Change(world =>
        {
            if (world.FaceChecks[checkId].Result == "WAITING")
            {
                world.FaceChecks[checkId] = check with { Result = result, ReceiptId = result == "PASSED" ? "FC" + Guid.CreateVersion7().ToString("N") : null };
            }

            return world.FaceChecks[checkId];
        });
    }

    public IReadOnlyList<FaceCheck> Newest(int count) => state.Read<IReadOnlyList<FaceCheck>>(world =>
        [.. world.FaceChecks.Values.OrderByDescending(check => check.At).Take(count)]);
}
