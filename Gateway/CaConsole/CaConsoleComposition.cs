using Bzt.Gateway.Hosting;
using Bzt.Grains.CaVendors.Revocation;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.CaConsole;

/// <summary>The console's place in the gateway: its login, its pages, its JSON for tools, and what its CAs publish.</summary>
internal static class CaConsoleComposition
{
    public const string Scheme = "ca-console";

    public static void AddCaConsole(this WebApplicationBuilder builder, GatewayOptions options)
    {
        builder.Services.AddOptions<CaConsoleOptions>().BindConfiguration(CaConsoleOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ReviewDesk>();
        builder.Services.AddRevocationChecking();
        builder.Services.AddRazorComponents();
        builder.Services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = HostCookies.Name(options, "ca-console-form");
            antiforgery.Cookie.Path = HostCookies.Path(options, ConsoleRoutes.Root);
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = HostCookies.Policy(options);
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        builder.Services.AddAuthentication().AddCookie(Scheme, cookie =>
        {
            cookie.Cookie.Name = HostCookies.Name(options, "ca-console");
            cookie.Cookie.Path = HostCookies.Path(options, ConsoleRoutes.Root);
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = HostCookies.Policy(options);
            cookie.ExpireTimeSpan = TimeSpan.FromMinutes(30);
            cookie.SlidingExpiration = true;
            cookie.Events.OnValidatePrincipal = ConsoleLogin.ValidateAsync;
        });
    }

    public static void MapCaConsole(this WebApplication app)
    {
        CaPublications.Map(app);
        if (app.Services.GetRequiredService<IOptions<CaConsoleOptions>>().Value.Password is null)
        {
            return;
        }

        var console = app.MapGroup(ConsoleRoutes.Root).LimitBody(BodyLimits.Default).ExcludeFromDescription().AddEndpointFilter<ReviewerFilter>();
        ConsolePages.Map(console);
        ConsoleApi.Map(console);
    }
}

internal static class ConsoleRoutes
{
    public const string Root = "/ca-console";
    public const string Login = Root + "/login";
    public const string Logout = Root + "/logout";
    public const string Audit = Root + "/audit";
    public const string Style = Root + "/console.css";

    public static string Application(string ca, string number) => $"{Root}/{ca}/applications/{number}";
}
