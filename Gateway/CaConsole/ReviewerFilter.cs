using Bzt.Contracts;
using Bzt.Gateway.Problems;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace Bzt.Gateway.CaConsole;

/// <summary>The reviewer an endpoint of the console serves.</summary>
internal sealed record Reviewer(string Name)
{
    /// <summary>As <see cref="ReviewerFilter"/> found out.</summary>
    public static string NameOf(HttpContext context) => context.Features.GetRequiredFeature<Reviewer>().Name;
}

/// <summary>Endpoints that need no login: the login itself and the style sheet.</summary>
internal sealed record WithoutReviewer;

/// <summary>Endpoints of tools: JSON, a header instead of a form token.</summary>
internal sealed record ForTools;

/// <summary>Everything that is asked of a request to the console before its endpoint runs, in order.</summary>
internal sealed class ReviewerFilter(IAntiforgery antiforgery) : IEndpointFilter
{
    /// <summary>No page of another site can send it without asking first, and nobody who asks is answered.</summary>
    public const string ToolHeader = "Bzt-Console";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var metadata = http.GetEndpoint()!.Metadata;
        var tool = metadata.GetMetadata<ForTools>() is not null;

        // 1. What is shown here is shown to the reviewer only.
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

        // 2. Not on the word of another site.
        if (http.Request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none") && !HttpMethods.IsGet(http.Request.Method))
        {
            return new ProblemResult(ErrorCodes.Forbidden);
        }

        // 3. A reviewer who logged in.
        if (metadata.GetMetadata<WithoutReviewer>() is null)
        {
            var login = await http.AuthenticateAsync(CaConsoleComposition.Scheme);
            if (login is not { Succeeded: true, Principal.Identity.Name: { } name })
            {
                return tool ? new ProblemResult(ErrorCodes.Unauthenticated) : Results.Redirect(ConsoleRoutes.Login);
            }

            http.User = login.Principal;
            http.Features.Set(new Reviewer(name));
        }

        // 4. A change comes from our own form, or from a tool that says so.
        if (!HttpMethods.IsGet(http.Request.Method)
            && !(tool ? http.Request.Headers.ContainsKey(ToolHeader) : await antiforgery.IsRequestValidAsync(http)))
        {
            return new ProblemResult(ErrorCodes.Forbidden);
        }

        return await next(context);
    }
}
