using Bzt.Contracts.Platforms;
using Bzt.Samples.TradingPlatform.Accounts;
using Bzt.Samples.TradingPlatform.BidTools;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Evaluations;
using Bzt.Samples.TradingPlatform.Openings;
using Bzt.Samples.TradingPlatform.Qr;
using Bzt.Samples.TradingPlatform.Tenders;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform;

/// <summary>A small trading platform as its developer would write it: stock ASP.NET Core, cookies, SQLite, and BztCluster through <see cref="PlatformClient"/>.</summary>
public static class PlatformHost
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(PlatformHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        // A container's secrets, one file a setting.
        builder.Configuration.AddKeyPerFile("/run/secrets", optional: true);
        // A login by OpenID Connect comes back with its code in the address, which the framework would log.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        configure?.Invoke(builder);

        builder.Services.AddOptions<PlatformOptions>().BindConfiguration(PlatformOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Database>();
        builder.Services.AddSingleton<AccountStore>();
        builder.Services.AddSingleton<TenderStore>();
        builder.Services.AddHostedService<Seeds>();
        builder.Services.AddSingleton<QrFlows>();
        builder.Services.AddSingleton<TenderOpenings>();
        builder.Services.AddHostedService<OpeningWatch>();
        builder.Services.AddSingleton<BidOpening>();
        builder.Services.AddSingleton<ReportSealing>();
        builder.Services.AddSingleton<Pairings>();
        builder.Services.AddSingleton<LockTrust>();
        builder.Services.AddSingleton<LockLogin>();
        builder.Services.AddSingleton<LoginBrake>();
        builder.Services.AddSingleton(CreateClient);
        var folder = builder.Configuration[$"{PlatformOptions.Section}:{nameof(PlatformOptions.DataFolder)}"];
        if (folder is not null)
        {
            builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(folder, "keys")));
        }

        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.LoginPath = "/login";
            cookie.Cookie.Name = "platform";
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.HttpOnly = true;
            // A working day, not the framework's fortnight.
            cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
            cookie.Events.OnRedirectToLogin = context =>
            {
                // What a script or the bid tool calls is told; only a page is led to the login.
                if (HttpMethods.IsGet(context.Request.Method))
                {
                    context.Response.Redirect(context.RedirectUri);
                }
                else
                {
                    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                }

                return Task.CompletedTask;
            };
        }).AddOpenIdLogin(builder.Configuration.GetSection(PlatformOptions.Section).Get<PlatformOptions>()!);
        builder.Services.AddAuthorization();
        builder.Services.AddAntiforgery(antiforgery => antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        builder.Services.AddRazorPages();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1L << 20);

        var app = builder.Build();
        var options = app.Services.GetRequiredService<IOptions<PlatformOptions>>().Value;
        if (options.DemoPassword is not null && !app.Environment.IsDevelopment())
        {
            throw new OptionsValidationException(PlatformOptions.Section, typeof(PlatformOptions), ["Platform:DemoPassword makes accounts everybody knows: in Development only."]);
        }

        if (options.TrustedProxies.Count > 0)
        {
            app.UseForwardedHeaders(Forwarded(options.TrustedProxies));
        }

        // Scripts come from here, and the widget from the service; nothing else runs.
        var policy = $"default-src 'self'; script-src 'self' {options.Bzt.Widget}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        var isHttps = options.PublicBaseUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        app.Use(async (context, next) =>
        {
            // Known by https, it is https that browsers speak, to whichever proxy: cookies are marked so, and no header takes that away.
            if (isHttps)
            {
                context.Request.Scheme = Uri.UriSchemeHttps;
                context.Response.Headers.StrictTransportSecurity = "max-age=31536000";
            }

            context.Response.Headers.ContentSecurityPolicy = policy;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Referrer-Policy"] = "same-origin";
            await next(context);
        });
        if (!app.Environment.IsDevelopment())
        {
            app.UseExceptionHandler("/error/500");
        }

        app.UseStatusCodePagesWithReExecute("/error/{0}");
        app.UseMiddleware<SameOrigin>();
        app.UseStaticFiles();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapRazorPages();
        app.MapQrFlows();
        app.MapAccounts();
        app.MapBidUpload();
        BidOpening.Map(app);
        ReportSealing.Map(app);
        app.MapBidTools();
        app.MapGet("/health", () => "ok");
        return app;
    }

    /// <summary>A visitor's address and scheme as the proxy says, if the proxy is ours. Which host it was asked for is configured.</summary>
    private static ForwardedHeadersOptions Forwarded(IEnumerable<string> proxies)
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in proxies)
        {
            forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        }

        return forwarded;
    }

    private static PlatformClient CreateClient(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<PlatformOptions>>().Value.Bzt;
        var clock = services.GetRequiredService<TimeProvider>();
        var address = new Uri(options.BaseUrl);
        var handler = new ClientCredentialsHandler(new HttpClient { BaseAddress = address }, options.ClientId, options.ClientSecret, clock)
        {
            InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) },
        };
        return new PlatformClient(new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(3) }, clock);
    }
}
