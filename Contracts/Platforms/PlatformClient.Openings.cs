using System.Net.Http.Json;

namespace Bzt.Contracts.Platforms;

// Bid openings: who is to be asked, who has been, what came back.
public sealed partial class PlatformClient
{
    /// <summary>Announces an opening. With the same <paramref name="idempotencyKey"/> the same opening comes back.</summary>
    public async Task<OpeningStatus> CreateOpeningAsync(CreateOpeningRequest request, string? idempotencyKey = null, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Routes.Platforms.Openings)
        {
            Content = JsonContent.Create(request, BztJson.Default.CreateOpeningRequest),
        };
        message.Headers.Add(Routes.IdempotencyKeyHeader, idempotencyKey ?? Guid.NewGuid().ToString("N"));
        return await SendAsync(message, BztJson.Default.OpeningStatus, cancellation);
    }

    /// <summary>The countdown, and how each file stands; with a project token the bidder's own files.</summary>
    public async Task<OpeningStatus> GetOpeningAsync(Guid openingId, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, OpeningPath(Routes.Platforms.Opening, openingId));
        return await SendAsync(message, BztJson.Default.OpeningStatus, cancellation);
    }

    /// <summary>Moves its times later, until it has ended. With the same <paramref name="idempotencyKey"/> it is moved once.</summary>
    public async Task<OpeningStatus> ChangeOpeningAsync(Guid openingId, ChangeOpeningRequest request, string? idempotencyKey = null, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Patch, OpeningPath(Routes.Platforms.Opening, openingId))
        {
            Content = JsonContent.Create(request, BztJson.Default.ChangeOpeningRequest),
        };
        message.Headers.Add(Routes.IdempotencyKeyHeader, idempotencyKey ?? Guid.NewGuid().ToString("N"));
        return await SendAsync(message, BztJson.Default.OpeningStatus, cancellation);
    }

    /// <summary>Ends it before its deadline: open requests are cancelled, nobody is asked any more. A repeat is done.</summary>
    public async Task<OpeningStatus> EndOpeningAsync(Guid openingId, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, OpeningPath(Routes.Platforms.OpeningEnd, openingId));
        return await SendAsync(message, BztJson.Default.OpeningStatus, cancellation);
    }

    /// <summary>Says what opening a file gave. A repeat is done.</summary>
    public async Task<OpeningFileStatus> ReportOpeningAsync(Guid openingId, string fileId, OpeningReport report, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, OpeningPath(Routes.Platforms.OpeningReports, openingId, fileId))
        {
            Content = JsonContent.Create(report, BztJson.Default.OpeningReport),
        };
        return await SendAsync(message, BztJson.Default.OpeningFileStatus, cancellation);
    }

    /// <summary>The signed record of one file; keep it, and verify it with <see cref="SignedOpeningRecord.Verify"/>.</summary>
    public async Task<SignedOpeningRecord> GetOpeningRecordAsync(Guid openingId, string fileId, CancellationToken cancellation = default)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, OpeningPath(Routes.Platforms.OpeningRecord, openingId, fileId));
        return await SendAsync(message, BztJson.Default.SignedOpeningRecord, cancellation);
    }

    private static string OpeningPath(string route, Guid openingId, string fileId = "") => route
        .Replace("{openingId}", openingId.ToString("D"), StringComparison.Ordinal)
        .Replace("{fileId}", Uri.EscapeDataString(fileId), StringComparison.Ordinal);
}
