using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Admission;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.OpenIdConnect.Pages;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sessions;
using Bzt.Grains;
using Bzt.Grains.OpenIdConnect;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>
/// The authorization endpoint: the page with the QR code, what its script asks, and the way back to the platform. OpenIddict has checked the
/// request each time before these run.
/// </summary>
internal static class LoginEndpoints
{
    private const int ChallengeOctets = 32;

    /// <summary>Of one page's browser: its script asks each second.</summary>
    private const int AsksPerSecond = 4;

    /// <summary>A request line has 8 KiB, with method, path and version.</summary>
    private const int LongestQuery = (8 * 1024) - 64;
    private static readonly string[] GetOrPost = ["GET", "POST"];

    public static void MapOpenIdConnect(this WebApplication app)
    {
        var pages = app.MapGroup("").ExcludeFromDescription();
        // Each page is a session, a durable write: nobody opens them by the thousand.
        var login = pages.MapGroup("").WithMetadata(new ServesLogin());
        login.MapMethods(Routes.Connect.Authorize, GetOrPost, BeginAsync).WithMetadata(new BrakedByAddress());
        login.MapMethods(Routes.Csc.Authorize, GetOrPost, BeginAsync).WithMetadata(new BrakedByAddress());
        login.MapGet(Routes.Connect.Continue, ContinueAsync);
        login.MapGet(Routes.Connect.Cancel, CancelAsync);
        login.MapGet(Routes.Connect.LoginState, StateAsync);
        LogoutEndpoints.Map(pages);
        PageAssets.Map(pages);
    }

    private static async Task<IResult> BeginAsync(HttpContext http, IGrainFactory grains, LoginTickets tickets, TimeProvider clock)
    {
        if (Refused(http) is { } refused)
        {
            return refused;
        }

        // OpenID Connect Core §3.1.2.1: a request may be posted. From here on it is an address, which can be loaded again.
        var request = Request(http);
        if (HttpMethods.IsPost(http.Request.Method))
        {
            var parameters = request.GetParameters().Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value));
            var posted = QueryString.Create(parameters.Where(parameter => parameter.Value is not null));
            return IsTooLong(posted.Value) ? TooLong() : SeeOther(http.Request.Path + posted);
        }

        var query = http.Request.QueryString.Value ?? "";
        if (IsTooLong(query))
        {
            return TooLong();
        }

        // There is no login that lasts: each is a scan.
        if (request.HasPromptValue(PromptValues.None))
        {
            return Back(Errors.LoginRequired, "Every login is confirmed on the phone.");
        }

        var platform = ((Done<PlatformFacts>)await grains.Platform(new PlatformId(request.ClientId!)).GetFacts()).Value;
        var purpose = AuthorizationScopes.PurposeOf(request)!.Value;
        var (command, fault) = purpose == AuthorizationPurpose.Credential
            ? await CredentialRequest.ReadAsync(request, platform, grains)
            : (Login(platform), null);
        if (command is null)
        {
            return Back(Errors.InvalidRequest, fault!);
        }

        var session = Guid.CreateVersion7();
        var reply = await grains.GetGrain<IQrSessionGrain>(session).Create(command);
        if (reply is not Done<SessionOpened>(var opened))
        {
            return reply is Refused<SessionOpened>({ Code: RefusalCode.RateLimited })
                ? Back(Errors.TemporarilyUnavailable, "Too many logins at once.")
                : Back(Errors.ServerError, "The session was refused.");
        }

        var ticket = new LoginTicket(session, opened.Token, opened.Secret, opened.CreatedAt, opened.ExpiresAt, platform.Platform.Value, purpose, LoginTickets.DigestOf(query));
        tickets.Give(http, ticket);
        return Page<LoginPage>(http, new
        {
            Platform = platform.Name,
            Purpose = purpose,
            Count = command.Documents.Count,
            Request = query,
            Name = LoginTickets.NameOf(ticket.Request),
            Seconds = (int)(opened.ExpiresAt - clock.GetUtcNow()).TotalSeconds,
        });
    }

    /// <summary>Where the page goes once the phone has confirmed: its browser has the cookie, its request is the one that was confirmed.</summary>
    private static async Task<IResult> ContinueAsync(HttpContext http, IGrainFactory grains, LoginTickets tickets, LoginClaims claims, RateCounts rates)
    {
        if (Refused(http) is { } refused)
        {
            return refused;
        }

        if (Ticket(http, tickets, rates) is not { } ticket)
        {
            return SeeOther(Routes.Connect.Authorize + http.Request.QueryString);
        }

        var status = await grains.QrSession(ticket.SessionId).GetStatus(ticket.Requester, null, TimeSpan.Zero);
        if (status is not Done<SessionView>({ State: SessionState.Completed } view))
        {
            return SeeOther(Routes.Connect.Authorize + http.Request.QueryString);
        }

        tickets.Take(http, ticket);
        if (view is not { End: SessionEnd.Ok, Outcome: { } outcome })
        {
            return Back(Errors.AccessDenied, "The user did not confirm.");
        }

        return await claims.OfAsync(new PlatformId(ticket.Platform), ticket.SessionId, outcome.Certificate, ScopesOf(ticket.Purpose, Request(http))) is { } principal
            ? Results.SignIn(principal, null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)
            : Back(Errors.AccessDenied, "The certificate is not usable any more.");
    }

    private static async Task<IResult> CancelAsync(HttpContext http, IGrainFactory grains, LoginTickets tickets, RateCounts rates)
    {
        if (Refused(http) is { } refused)
        {
            return refused;
        }

        // Without the cookie it is somebody else's page, or none: there is nothing to cancel, and the platform is told all the same.
        if (Ticket(http, tickets, rates) is { } ticket)
        {
            await grains.QrSession(ticket.SessionId).Cancel(ticket.Requester);
            tickets.Take(http, ticket);
        }

        return Back(Errors.AccessDenied, "The user went back.");
    }

    /// <summary>Asked by the page's script each second: how far the phone is, and the code of this second while nobody has scanned.</summary>
    private static async Task<IResult> StateAsync(
        HttpContext http, string login, IGrainFactory grains, LoginTickets tickets, PublicAddress address, TimeProvider clock, RateCounts rates)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!tickets.TryRead(http, login, out var ticket))
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        // A page asks each second, and many sit behind one address: each is a caller of its own.
        KnownVisitor.Is(http);
        if (rates.Take(CounterOf(ticket), AsksPerSecond) is { } until)
        {
            return new ProblemResult(ErrorCodes.RateLimited) { RetryAt = until };
        }

        var reply = await grains.QrSession(ticket.SessionId).GetStatus(ticket.Requester, null, TimeSpan.Zero);
        return reply.ToHttp(view =>
        {
            var now = clock.GetUtcNow();
            var link = view.State == SessionState.Created ? ticket.Link(now, address.Of(Routes.QrLink)) : null;
            return Results.Json(
                new LoginState(view.State, view.End, Math.Max(0, (int)(view.ExpiresAt - now).TotalSeconds), link, link is null ? null : QrPath.Of(link)),
                LoginJson.Default.LoginState);
        });
    }

    /// <summary>The way on carries the same query to a longer path: one that could not be gone is not begun.</summary>
    private static bool IsTooLong(string? query) => query?.Length > LongestQuery;

    private static IResult TooLong() => Back(Errors.InvalidRequest, "The request is too long for an address: push it.");

    private static CreateSession Login(PlatformFacts platform) => new(
        new SessionRequester(platform.Platform, null), SessionKind.Login, RandomNumberGenerator.GetBytes(ChallengeOctets), null, null, null, [], null, SessionMessages.DefaultTimeout);

    /// <summary>CSC §8.4.2: a request without a scope is granted the one it stands for.</summary>
    private static IReadOnlyList<string> ScopesOf(AuthorizationPurpose purpose, OpenIddictRequest request) => purpose switch
    {
        AuthorizationPurpose.Service => [AuthorizationServer.ServiceScope],
        AuthorizationPurpose.Credential => [AuthorizationServer.CredentialScope],
        _ => request.GetScopes(),
    };

    private static string CounterOf(LoginTicket ticket) => $"login/{ticket.Session}";

    /// <summary>Of the request's own page. Its browser is known by it, up to the page's rate.</summary>
    private static LoginTicket? Ticket(HttpContext http, LoginTickets tickets, RateCounts rates)
    {
        var digest = LoginTickets.DigestOf(http.Request.QueryString.Value ?? "");
        if (!tickets.TryRead(http, LoginTickets.NameOf(digest), out var ticket) || ticket.Request != digest)
        {
            return null;
        }

        if (rates.Take(CounterOf(ticket), AsksPerSecond) is null)
        {
            KnownVisitor.Is(http);
        }

        return ticket;
    }

    private static OpenIddictRequest Request(HttpContext http) => http.GetOpenIddictServerRequest()!;

    /// <summary>What OpenIddict refuses before it trusts the redirect URI is said here, to whoever sits before the browser.</summary>
    private static IResult? Refused(HttpContext http) => http.GetOpenIddictServerResponse() is { Error: { } error } response
        ? Page<ErrorPage>(http, new { Error = error, Description = response.ErrorDescription }, StatusCodes.Status400BadRequest)
        : null;

    internal static IResult Page<TPage>(HttpContext http, object parameters, int status = StatusCodes.Status200OK) where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = PageAssets.Policy;
        return new RazorComponentResult<TPage>(parameters) { StatusCode = status };
    }

    private static IResult Back(string error, string description) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);

    private static IResult SeeOther(string address) => new SeeOtherResult(address);

    private sealed class SeeOtherResult(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            httpContext.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }
    }
}
