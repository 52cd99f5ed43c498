using System.Threading.RateLimiting;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Applications;

namespace Bzt.Gateway.Applications;

/// <summary>认领 step 1 (M028): suggests what to enter from the uploaded licence. The user checks it, the CA reviews what he submits.</summary>
internal static class ReadLicence
{
    public static void Map(RouteGroupBuilder phones) => phones
        .MapPost(Routes.Phone.LicenceReadings, HandleAsync)
        .WithName("readLicence")
        .WithSummary("Reads an uploaded licence")
        .WithDescription("Suggestions only: whatever could not be read is left out, and so is a credit code whose check character is wrong.")
        .Refuses(409, 415, 422, 429)
        .Produces<LicenceSuggestions>();

    private static async Task<IResult> HandleAsync(LicenceReadingRequest request, Caller caller, IGrainFactory grains, LicenceReadingLimit limit, TimeProvider time)
    {
        if (!UploadedFile.IsId(request.BlobId))
        {
            return new ProblemResult(ErrorCodes.BlobUnknown);
        }

        if (limit.Wait(caller.UserId) is { } wait)
        {
            return new ProblemResult(ErrorCodes.RateLimited) { RetryAt = time.GetUtcNow() + wait };
        }

        return (await grains.Licence(caller.UserId).Read(request.BlobId)).ToHttp(fields => Results.Json(
            new LicenceSuggestions(fields.EnterpriseName, fields.CreditCode, fields.LegalRepresentative), BztJson.Default.LicenceSuggestions));
    }
}

/// <summary>How often one user may have a licence read: each reading is charged for. Each gateway counts for itself.</summary>
internal sealed class LicenceReadingLimit : IDisposable
{
    private const int PerDay = 20;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly PartitionedRateLimiter<UserId> limiter = PartitionedRateLimiter.Create<UserId, UserId>(user => RateLimitPartition.GetFixedWindowLimiter(
        user, _ => new FixedWindowRateLimiterOptions { PermitLimit = PerDay, Window = Day }));

    /// <summary>How long to wait; null when the user may have one read now.</summary>
    public TimeSpan? Wait(UserId user)
    {
        using var lease = limiter.AttemptAcquire(user);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Day;
    }

    public void Dispose() => limiter.Dispose();
}
