using Bzt.Silo.Operators;

namespace Bzt.Silo.Hosting;

/// <summary>The silo's program as one piece, so that whoever starts it gets all of it: grains, health and metrics, the dashboard, and headers on every answer.</summary>
public static class SiloHost
{
    /// <param name="builder">With its settings and log already.</param>
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.AddBztSilo();
        builder.AddOperations();
        builder.AddDashboard();
        var app = builder.Build();
        app.UseSecurityHeaders();
        app.MapOperations();
        app.MapDashboard();
        return app;
    }
}
