using Bzt.Contracts;
using Bzt.Gateway.CaConsole;
using Bzt.Gateway.Csc;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.OpenIdConnect;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Admission;

/// <summary>The endpoint may hold its request open for long without doing anything; such requests have bounds of their own.</summary>
internal sealed record HoldsOpen;

/// <summary>The endpoint serves a file that is the same for everybody, and asks no grain: such requests have a rate of their own.</summary>
internal sealed record ServesFile;

/// <summary>The endpoint publishes what programs of others ask for without a login, by protocol: time stamps, revocation, CA certificates. It has a rate of its own.</summary>
internal sealed record Publishes;

/// <summary>A page of a login, or what its script asks: its endpoint finds out itself whose browser it is.</summary>
internal sealed record ServesLogin;

/// <summary>On a request's features, where its endpoint found out whose it is and counted it there: a client of OAuth, the browser a login page was given to.</summary>
internal sealed record KnownVisitor
{
    private KnownVisitor()
    {
    }

    /// <summary>It is no stranger's from here on, and leaves the narrow door free.</summary>
    public static void Is(HttpContext context)
    {
        context.Features.Set(new KnownVisitor());
        context.Features.Get<Door>()?.Dispose();
    }
}

/// <summary>Before anybody is known: the gateway's own bound, and the address'.</summary>
internal sealed class Admission(RequestDelegate next, RateCounts rates, Places places, IOptions<LimitsOptions> options, TimeProvider time)
{
    private const string Everybody = "gateway";
    private const string SpentDoor = "spent/";
    private const string SpentHub = "spent-hub/";
    private const string Files = RateCounts.Address + "files/";
    private const string Publications = RateCounts.Address + "published/";
    private const string DoorKnocks = RateCounts.Address + "door/";
    private const string SpentVisits = "spent-visits/";
    private const string VisitKnocks = RateCounts.Address + "visits/";

    /// <summary>From an address that asks too much, requests whose token, secret or cookie is being looked at. That takes milliseconds.</summary>
    private const int UnknownAtOnce = 16;

    public async Task InvokeAsync(HttpContext context)
    {
        // Whoever watches over the gateway must see it, above all when it is crowded.
        if (context.Request.Path.StartsWithSegments("/health") || context.Request.Path.StartsWithSegments("/metrics"))
        {
            await next(context);
            return;
        }

        var (limits, partition) = (options.Value, LoginRateLimit.PartitionOf(context.Connection.RemoteIpAddress));
        var address = RateCounts.Address + partition;
        var strangers = address;
        using var door = new Door();
        if (OwnRate(context.GetEndpoint(), limits) is var (counter, perSecond))
        {
            if (rates.Take(counter + partition, perSecond) is { } later)
            {
                await new ProblemResult(ErrorCodes.RateLimited) { RetryAt = later }.ExecuteAsync(context);
                return;
            }
        }
        else if (rates.Spent(address, limits.StrangerPerSecond) is { } until)
        {
            // Others sit behind the same address. Who shows a token gets in by a narrow door, and leaves it free once he is known;
            // tokens that turn out to be nobody's use up a rate of their own. So do secrets in a form, and people who log in at a page of ours.
            var isVisit = IsVisit(context);
            strangers = (isVisit ? VisitKnocks : DoorKnocks) + partition;
            door.Place = rates.Spent(strangers, limits.StrangerPerSecond) is not null ? null
                : isVisit ? places.TryTake(SpentVisits + address, UnknownAtOnce)
                : context.Request.Headers.Authorization.Count > 0 ? places.TryTake(SpentDoor + address, UnknownAtOnce)
                : context.GetEndpoint()?.Metadata.GetMetadata<HubMetadata>() is not null ? places.TryTake(SpentHub + address, limits.AtOncePerAddress)
                : null;
            if (door.Place is null)
            {
                await new ProblemResult(ErrorCodes.RateLimited) { RetryAt = until }.ExecuteAsync(context);
                return;
            }

            context.Features.Set(door);
        }

        if (IsHeldOpen(context.GetEndpoint()))
        {
            await CountStrangersAsync(context, strangers, limits);
            return;
        }

        using var place = places.TryTake(Everybody, limits.AtOnce);
        using var own = place is null ? null : places.TryTake(address, limits.AtOncePerAddress);
        if (own is null)
        {
            // Early instead of late: what is asked now would be answered after its caller has given up.
            await new ProblemResult(place is null ? ErrorCodes.Unavailable : ErrorCodes.RateLimited) { RetryAt = time.GetUtcNow().AddSeconds(1) }.ExecuteAsync(context);
            return;
        }

        await CountStrangersAsync(context, strangers, limits);
    }

    private async Task CountStrangersAsync(HttpContext context, string counter, LimitsOptions limits)
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (!IsKnown(context) && !HasOwnRate(context))
            {
                rates.Take(counter, limits.StrangerPerSecond);
            }
        }
    }

    private static bool IsKnown(HttpContext context) =>
        CallerAdmission.CallerOf(context) is not null || context.Features.Get<HubUser>() is not null || context.Features.Get<Reviewer>() is not null || context.Features.Get<KnownVisitor>() is not null;

    private static (string Counter, int PerSecond)? OwnRate(Endpoint? endpoint, LimitsOptions limits) =>
        endpoint?.Metadata.GetMetadata<ServesFile>() is not null ? (Files, limits.FilesPerSecond)
        : endpoint?.Metadata.GetMetadata<Publishes>() is not null ? (Publications, limits.PublishedPerSecond)
        : null;

    /// <summary>What is not there is a guess like any other.</summary>
    private bool HasOwnRate(HttpContext context) => context.Response.StatusCode != StatusCodes.Status404NotFound && OwnRate(context.GetEndpoint(), options.Value) is not null;

    private static bool IsVisit(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ServesLogin>() is not null || (context.Request.Headers.Authorization.Count == 0 && AuthorizationServer.IsForClients(context.Request));

    internal static bool IsHeldOpen(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<HoldsOpen>() is not null || endpoint?.Metadata.GetMetadata<HubMetadata>() is not null;
}

/// <summary>The place a request holds until it is known who asks.</summary>
internal sealed class Door : IDisposable
{
    public IDisposable? Place { get; set; }

    public void Dispose() => Place?.Dispose();
}

/// <summary>Once it is known who asks: the caller's own bounds. One that floods meets them before its requests cost the others anything.</summary>
internal sealed class CallerAdmission(RequestDelegate next, RateCounts rates, Places places, IOptions<LimitsOptions> options, TimeProvider time)
{
    /// <summary>Connections of one user to one gateway's hub: more than an account has devices, so that one may come back before its last one is known to be gone.</summary>
    private const int ConnectionsPerUser = 16;

    public async Task InvokeAsync(HttpContext context)
    {
        var (limits, heldOpen) = (options.Value, Admission.IsHeldOpen(context.GetEndpoint()));
        if (context.GetEndpoint()?.Metadata.GetMetadata<HubMetadata>() is not null && HubUser.Of(context) is { } phone)
        {
            // The request of a connection lasts as long as the connection.
            context.Features.Get<Door>()?.Dispose();
            using var connection = places.TryTake("hub/" + phone.UserId, ConnectionsPerUser);
            await (connection is null ? RefuseAsync(context, time.GetUtcNow().AddSeconds(1)) : next(context));
            return;
        }

        if (CallerOf(context) is not var (name, isPlatform))
        {
            await next(context);
            return;
        }

        context.Features.Get<Door>()?.Dispose();

        // A bidder's tools first, all of them together: keys of tools are drawn freely. They use up nothing of their platform's and of other bidders'.
        IDisposable? toolPlace = null;
        if (context.Features.Get<PlatformCaller>() is { Grant: { } grant } caller)
        {
            var tools = $"tools/{caller.Platform.Value}/{grant.CreditCode}";
            if (rates.Take(tools, limits.UserPerSecond) is { } tooMany)
            {
                await RefuseAsync(context, tooMany);
                return;
            }

            toolPlace = places.TryTake(heldOpen ? "waiting/" + tools : tools, limits.AtOncePerUser);
            if (toolPlace is null)
            {
                await RefuseAsync(context, time.GetUtcNow().AddSeconds(1));
                return;
            }
        }

        using var own = toolPlace;
        if (rates.Take(name, isPlatform ? limits.PlatformPerSecond : limits.UserPerSecond) is { } until)
        {
            await RefuseAsync(context, until);
            return;
        }

        using var place = heldOpen
            ? places.TryTake("waiting/" + name, limits.WaitsPerPlatform)
            : places.TryTake(name, isPlatform ? limits.AtOncePerPlatform : limits.AtOncePerUser);
        if (place is null)
        {
            await RefuseAsync(context, time.GetUtcNow().AddSeconds(1));
            return;
        }

        await next(context);
    }

    /// <summary>As the pipelines before found out; null when nobody is known.</summary>
    internal static (string Name, bool IsPlatform)? CallerOf(HttpContext context) =>
        context.Features.Get<Caller>() is { } phone ? ("user/" + phone.UserId, false)
        : context.Features.Get<PlatformCaller>() is { } platform ? ("platform/" + platform.Platform.Value, true)
        : context.Features.Get<CscCall>()?.Caller is { } csc ? ("platform/" + csc.Platform.Platform.Value, true)
        : null;

    private static Task RefuseAsync(HttpContext context, DateTimeOffset until)
    {
        if (context.Features.Get<CscCall>() is null)
        {
            return new ProblemResult(ErrorCodes.RateLimited) { RetryAt = until }.ExecuteAsync(context);
        }

        context.Response.Headers.RetryAfter = "1";
        return new CscError(CscError.TemporarilyUnavailable, "Too many requests", StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    }
}

internal static class AdmissionComposition
{
    public static void AddAdmission(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LimitsOptions>().BindConfiguration(LimitsOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Places>();
        builder.Services.AddSingleton(services => new RateCounts(
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<RateCounts>>(),
            services.GetService<StackExchange.Redis.IConnectionMultiplexer>() is { } redis ? new RedisSharedCounts(redis) : null));
        builder.Services.AddHostedService(services => services.GetRequiredService<RateCounts>());
    }
}
