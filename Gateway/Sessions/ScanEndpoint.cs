using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;
using Microsoft.AspNetCore.WebUtilities;

namespace Bzt.Gateway.Sessions;

/// <summary>POST /phone/v1/scan: a phone brings the link of a dynamic QR, or the one its own browser was given.</summary>
internal static class ScanEndpoint
{
    private const int LongestLink = 500;
    private const int TokenOctets = 32;

    public static void Map(IEndpointRouteBuilder group) => group
        .MapPost(Routes.Phone.Scan, HandleAsync)
        .Needs(PhoneAccess.RealNamed)
        .WithName("scan")
        .WithSummary("Scans a QR link")
        .WithDescription("The link without its fragment. The first user to scan has the session; the same user may scan again, from any current code.")
        .Refuses(409, 410, 422)
        .Produces<PhoneSession>();

    private static async Task<IResult> HandleAsync(ScanRequest request, Caller caller, IGrainFactory grains, PhoneSessions sessions, PublicAddress address, CancellationToken aborted)
    {
        if (!TryRead(request.Link, address, caller.UserId, caller.DeviceId, out var sessionId, out var command))
        {
            return new ProblemResult(ErrorCodes.QrInvalid);
        }

        using var step = Telemetry.Step(sessionId, "phone scan");
        var reply = await grains.GetGrain<IQrSessionGrain>(sessionId).Scan(command);
        return reply is Done<PhoneSessionView>(var view)
            ? Results.Json(await sessions.DescribeAsync(sessionId, view, caller, aborted), BztJson.Default.PhoneSession)
            : reply.ToHttp(_ => Results.Empty);
    }

    /// <summary>Only links of this very address, with exactly the parameters of version 1.</summary>
    internal static bool TryRead(string link, PublicAddress address, UserId user, DeviceId device, out Guid sessionId, [NotNullWhen(true)] out ScanSession? command)
    {
        sessionId = default;
        command = null;
        var start = address.Of(Routes.QrLink) + "?";
        if (link.Length > LongestLink || !link.StartsWith(start, StringComparison.Ordinal))
        {
            return false;
        }

        var query = QueryHelpers.ParseQuery(link[(start.Length - 1)..].Split('#')[0]);
        var sameDevice = query.ContainsKey("d");
        long seconds = 0;
        if (query.Count != 4 || query["v"] != "1" || query["t"] is not [{ Length: > 0 } token] || query["c"] is not [{ Length: > 0 } code]
            || !(sameDevice ? query["d"] == "1" : long.TryParse(query["s"], NumberStyles.None, CultureInfo.InvariantCulture, out seconds)))
        {
            return false;
        }

        Span<byte> octets = stackalloc byte[TokenOctets];
        if (token.Length != Base64Url.GetEncodedLength(TokenOctets) || !Base64Url.TryDecodeFromChars(token, octets, out var written) || written != TokenOctets)
        {
            return false;
        }

        sessionId = new Guid(octets[..16]);
        command = new ScanSession(user, device, token, seconds, code) { SameDevice = sameDevice };
        return true;
    }
}
