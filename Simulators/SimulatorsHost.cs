using Bzt.Simulators.Alipay;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.CaVendors;
using Bzt.Simulators.Control;
using Bzt.Simulators.Faces;
using Bzt.Simulators.Pages;
using Bzt.Simulators.Invoices;
using Bzt.Simulators.Licences;
using Bzt.Simulators.Remittances;
using Bzt.Simulators.Sms;
using Bzt.Simulators.WeChat;
using Bzt.Simulators.WeChatPay;
using Bzt.Simulators.WebPush;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Bzt.Simulators;

/// <summary>
/// The outside world on one address: every provider in its own wire format, a page each, and <c>/control</c> for programs.
/// A process of its own, or built inside a test; never outside the Development environment.
/// </summary>
public static class SimulatorsHost
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(SimulatorsHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        if (!builder.Environment.IsDevelopment())
        {
            throw new InvalidOperationException("The simulators answer in place of banks and payment providers. They start in the Development environment only.");
        }

        // A container's secrets, one file a setting.
        builder.Configuration.AddKeyPerFile("/run/secrets", optional: true);

        // Addresses of calls carry phone numbers and codes, as Aliyun's interface has it.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddOptions<SimulatorOptions>().BindConfiguration(SimulatorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => SimulatorKeys.LoadOrCreate(Options(services).DataFolder));
        builder.Services.AddSingleton(services => new SimulatorState(Options(services).DataFolder));
        builder.Services.AddSingleton<Steering>();
        builder.Services.AddSingleton<SmsSimulator>();
        builder.Services.AddSingleton<WeChatSimulator>();
        builder.Services.AddSingleton<BankCardSimulator>();
        builder.Services.AddSingleton<FaceSimulator>();
        builder.Services.AddSingleton<AlipaySimulator>();
        builder.Services.AddSingleton<Certifications>();
        builder.Services.AddSingleton<TradeInterfaces>();
        builder.Services.AddSingleton<AlipayGateway>();
        builder.Services.AddSingleton<AlipayNotifier>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AlipayNotifier>());
        builder.Services.AddSingleton<InvoiceSimulator>();
        builder.Services.AddSingleton<LicenceSimulator>();
        builder.Services.AddSingleton<PushSimulator>();
        builder.Services.AddSingleton<RemittanceSimulator>();
        builder.Services.AddSingleton<RemittanceEndpoints.Call>();
        builder.Services.AddSingleton<RemittanceNotifier>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RemittanceNotifier>());
        builder.Services.AddSingleton<WeChatPaySimulator>();
        builder.Services.AddSingleton<WeChatPayCall>();
        builder.Services.AddSingleton<WeChatPayNotifier>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WeChatPayNotifier>());
        builder.Services.AddSingleton(services => new OpensslCa(Options(services).DataFolder));
        builder.Services.AddSingleton<CaVendorSimulator>();
        builder.Services.AddSingleton<CaVendorEndpoints.Call>();
        builder.Services.AddSingleton<CaVendorNotifier>();
        builder.Services.AddHostedService(services => services.GetRequiredService<CaVendorNotifier>());
        builder.Services.AddHttpClient(Notifier.HttpClientName, client => client.Timeout = TimeSpan.FromSeconds(10)).SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        builder.Services.AddRazorComponents();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.LoginPath = "/login";
            cookie.Cookie.Name = "simulators";
            // No other site can post a form here with the operator's cookie.
            cookie.Cookie.SameSite = SameSiteMode.Strict;
        });
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapSms();
        app.MapWeChat();
        app.MapBankCards();
        app.MapFaces();
        app.MapRemittances();
        app.MapAlipay();
        app.MapWeChatPay();
        app.MapCaVendor();
        app.MapEst();
        app.MapInvoices();
        app.MapLicences();
        app.MapWebPush();
        app.MapControl();
        app.MapPages();
        app.Lifetime.ApplicationStarted.Register(() => WriteProviderSettings(app));
        return app;
    }

    /// <summary>
    /// What the product must be configured with to talk to these simulators: section <c>Providers</c>. Known once the application has started.
    /// With a data folder the same stands in its <c>providers.json</c>.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> ProviderSettings(WebApplication app)
    {
        var options = Options(app.Services);
        if (options.PublicBaseUrl is { } known)
        {
            return Settings(known);
        }

        var bound = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();

        // Bound to every address of the machine: the product on this machine uses the loopback one.
        var address = new UriBuilder(bound.Replace("://+", "://0.0.0.0", StringComparison.Ordinal).Replace("://*", "://0.0.0.0", StringComparison.Ordinal));
        if (address.Host is "0.0.0.0" or "[::]")
        {
            address.Host = "127.0.0.1";
        }

        return Settings(address.Uri);

        IReadOnlyDictionary<string, string?> Settings(Uri at) => Control.ProviderSettings.For(
            at, app.Services.GetRequiredService<SimulatorKeys>(), options, options.CaVendorFor is null ? null : app.Services.GetRequiredService<OpensslCa>().CreateRoot());
    }

    static void WriteProviderSettings(WebApplication app)
    {
        if (Options(app.Services).DataFolder is { } folder)
        {
            PrivateFile.Write(Path.Combine(folder, "providers.json"), Control.ProviderSettings.ToJson(ProviderSettings(app)));
        }
    }

    static SimulatorOptions Options(IServiceProvider services) => services.GetRequiredService<IOptions<SimulatorOptions>>().Value;
}
