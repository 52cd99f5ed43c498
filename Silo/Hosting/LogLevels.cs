using Microsoft.Extensions.Configuration.Memory;

namespace Bzt.Silo.Hosting;

/// <summary>
/// What is logged unless the operator says otherwise (<c>Logging:LogLevel:…</c>): our own lines, and of the libraries what went wrong. Each grain that is placed
/// is two lines of Polly's.
/// </summary>
public static class LogLevels
{
    private static readonly string[] Libraries = ["Microsoft.AspNetCore", "Orleans", "Polly"];

    public static void AddLogLevels(this IHostApplicationBuilder builder) => builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
    {
        InitialData = Libraries.Select(library => KeyValuePair.Create<string, string?>($"Logging:LogLevel:{library}", nameof(LogLevel.Warning))),
    });
}
