using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Problems;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Platforms;
using Bzt.Protocol.Forms;

namespace Bzt.Gateway.Platforms;

/// <summary>POST /rp/v1/project-tokens: the platform lets the bid tool of a bidder it has logged in work on one project.</summary>
internal static class CreateProjectTokenEndpoint
{
    private const int ThumbprintLength = 43;

    public static void Map(IEndpointRouteBuilder group) => group
        .MapPost(Routes.Platforms.ProjectTokens, HandleAsync)
        .WithMetadata(new PlatformAccessMetadata(PlatformAccess.PlatformOnly))
        .WithName("createProjectToken")
        .WithSummary("Issues a one-project token to a bid tool")
        .WithDescription("For a bidder bound to this platform, which it has logged in itself. The token is bound to the tool's P-256 key (RFC 9449): toolKeyThumbprint is the RFC 7638 thumbprint. "
            + "lifetimeSeconds: 60 to 86400. Only for the platform itself.")
        .Refuses(400, 403, 422)
        .Produces<ProjectToken>(StatusCodes.Status201Created);

    private static async Task<IResult> HandleAsync(ProjectTokenRequest request, PlatformCaller caller, ProjectTokens tokens, IGrainFactory grains)
    {
        if (request.LifetimeSeconds is < 60 || request.LifetimeSeconds > ProjectTokens.Longest.TotalSeconds
            || request.ToolKeyThumbprint.Length != ThumbprintLength
            || !CreditCodes.TryParse(request.CreditCode, out var bidder)
            || request.Project.ProjectId.Length is 0 or > 100 || request.Project.Name.Length is 0 or > 200)
        {
            return new ProblemResult(ErrorCodes.InvalidRequest);
        }

        if (!VisibleText.Is(request.Project.ProjectId) || !VisibleText.Is(request.Project.Name))
        {
            return new ProblemResult(ErrorCodes.InvisibleCharacters);
        }

        var binding = await grains.GetGrain<IBindingGrain>(BindingKey.Of(caller.Platform, bidder)).Get(null);
        return binding.ToHttp(_ => Results.Json(
            tokens.Issue(
                new ProjectGrant(caller.Platform.Value, bidder.Value, request.Project, request.ToolKeyThumbprint),
                TimeSpan.FromSeconds(request.LifetimeSeconds)),
            BztJson.Default.ProjectToken,
            statusCode: StatusCodes.Status201Created));
    }
}
