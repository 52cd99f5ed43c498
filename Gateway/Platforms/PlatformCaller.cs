using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Platforms;

/// <summary>Who is calling <c>/rp/v1</c>, as <see cref="PlatformPipeline"/> found out: a platform, or a bid tool under a platform's project token.</summary>
/// <param name="Grant">Null for the platform itself.</param>
internal sealed record PlatformCaller(PlatformId Platform, ProjectGrant? Grant)
{
    public SessionRequester Requester => new(Platform, Grant?.ToolKeyThumbprint);

    public static ValueTask<PlatformCaller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<PlatformCaller>());
}

/// <summary>What a project token allows: one bidder, one project, to the holder of one key.</summary>
internal sealed record ProjectGrant(string PlatformId, string CreditCode, ProjectInfo Project, string ToolKeyThumbprint);

internal enum PlatformAccess
{
    /// <summary>The platform, or a bid tool with its project token.</summary>
    PlatformOrTool,
    PlatformOnly,
}

internal sealed record PlatformAccessMetadata(PlatformAccess Access);
