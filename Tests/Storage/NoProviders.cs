using Bzt.Simulators;
using Bzt.Simulators.Control;

namespace Bzt.Tests.Storage;

/// <summary>Well-formed accounts at providers that nobody reaches: what a silo needs to start, where a test is not about providers.</summary>
internal static class NoProviders
{
    private static readonly Lazy<IReadOnlyDictionary<string, string?>> Made = new(() =>
        ProviderSettings.For(new Uri("http://127.0.0.1:9/"), SimulatorKeys.LoadOrCreate(folder: null), new SimulatorOptions()));

    public static IReadOnlyDictionary<string, string?> Settings => Made.Value;
}
