using Bzt.Gateway.Accounts;
using Bzt.Gateway.Admission;
using Bzt.Gateway.Applications;
using Bzt.Gateway.CaConsole;
using Bzt.Gateway.Certificates;
using Bzt.Gateway.Csc;
using Bzt.Gateway.Downloads;
using Bzt.Gateway.Enterprises;
using Bzt.Gateway.Health;
using Bzt.Gateway.Inbox;
using Bzt.Gateway.Invoices;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.OpenIdConnect;
using Bzt.Gateway.Payments;
using Bzt.Gateway.Remittances;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Sealing;
using Bzt.Gateway.Seals;
using Bzt.Gateway.Sessions;
using Bzt.Gateway.Wallets;
using Bzt.Gateway.WebPush;
using Bzt.Gateway.Widget;
using Bzt.Silo.Hosting;
using Microsoft.AspNetCore.Routing;

namespace Bzt.Gateway.Hosting;

/// <summary>The gateway process: HTTP for phones and platforms. With SQLite the silo is inside; with PostgreSQL it is a client of the cluster.</summary>
public static class GatewayHost
{
    /// <param name="args">Command line.</param>
    /// <param name="configure">Tests replace parts of the composition here.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(GatewayHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.AddLogLevels();
        builder.AddSettingFiles();
        configure?.Invoke(builder);

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyLimits.Default;
        });
        var options = builder.AddGateway();
        builder.AddAdmission();
        builder.AddPhones();
        builder.AddAccounts();
        builder.AddEnterprises();
        builder.AddApplications();
        builder.AddInbox(options);
        builder.AddPlatforms();
        builder.AddAuthorizationServer();
        builder.AddCsc();
        builder.AddCertificatesApi();
        builder.AddCaConsole(options);
        builder.AddHealth();
        builder.AddDraining();
        builder.AddApiDocument();

        var app = builder.Build();
        app.UseTrustedProxies(options);
        app.UseDraining();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseSecurityHeaders();
        app.UseProblemsForEmptyErrors();
        app.UseOperatorsPort(options);
        app.UseRouting();
        app.UseMiddleware<Admission.Admission>();
        app.UseMiddleware<AddressBrake>();
        app.UseAuthorizationServer();
        app.UseMiddleware<PhonePipeline>();
        app.UseMiddleware<PlatformPipeline>();
        app.UseMiddleware<CscPipeline>();
        app.UseMiddleware<CallerAdmission>();
        app.MapPhoneApi();
        app.MapPlatformApi();
        app.MapOpenIdConnect();
        app.MapCsc();
        app.MapPayments();
        app.MapRemittances();
        app.MapCaConsole();
        app.MapHealth();
        app.MapApiDocument();
        app.MapWidget();
        app.MapPhoneApp();
        app.MapDownloadPage();
        return app;
    }

    /// <summary>Everything phones call. Each entity's folder maps its own endpoints.</summary>
    private static void MapPhoneApi(this IEndpointRouteBuilder app)
    {
        var phones = app.MapGroup("").Needs(PhoneAccess.RealNamed);
        phones.MapAccounts();
        phones.MapInbox();
        phones.MapWebPush();
        phones.MapApplications();
        phones.MapInvoices();
        phones.MapWallets();
        phones.MapEnterprises();
        phones.MapSeals();
        phones.MapSessions();
        phones.MapSealing();
        phones.MapCertificates();
    }
}
