namespace Bzt.Silo.Hosting;

/// <summary>
/// What is logged unless the operator says otherwise (<c>Logging:LogLevel:…</c>): our own lines, and of the libraries what went wrong. Each grain that is placed
/// is two lines of Polly's, each token several of OpenIddict's.
/// </summary>
public static class LogLevels
{
    private static readonly string[] Libraries = ["Microsoft.AspNetCore", "OpenIddict", "Orleans", "Polly"];

    // Before the rules of the configuration: of two for the same category the later one counts.
    public static void AddLogLevels(this IHostApplicationBuilder builder) => builder.Services.Configure<LoggerFilterOptions>(filters =>
    {
        foreach (var library in Libraries)
        {
            filters.Rules.Insert(0, new LoggerFilterRule(providerName: null, categoryName: library, LogLevel.Warning, filter: null));
        }
    });
}
