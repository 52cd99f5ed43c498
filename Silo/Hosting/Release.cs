using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Metadata;
using Orleans.Versions.Compatibility;
using Orleans.Versions.Selector;

namespace Bzt.Silo.Hosting;

/// <summary>The release a process is of, as one number that grows: 1.2.3 is 10203.</summary>
public sealed record Release(ushort Number)
{
    private const int Most = 60_000;

    public static Release OfThisBuild { get; } = TryParse(typeof(Release).Assembly.GetName().Version!.ToString(3), out var release)
        ? release
        : throw new InvalidOperationException("The build's version has no number.");

    /// <param name="text"><c>1.2.3</c>; the second and third part below 100.</param>
    public static bool TryParse(string text, out Release release)
    {
        release = null!;
        if (!Version.TryParse(text, out var version) || version is not { Build: >= 0 and < 100, Revision: -1, Minor: < 100, Major: < Most / 10_000 })
        {
            return false;
        }

        release = new Release((ushort)((version.Major * 10_000) + (version.Minor * 100) + version.Build));
        return release.Number > 0;
    }

    public override string ToString() => $"{Number / 10_000}.{Number / 100 % 100}.{Number % 100}";
}

/// <summary>
/// Two releases beside each other: every grain interface of a process carries the release as its version, so grains move forward only.
/// A silo of the new release gets the new activations as soon as it is there; a grain that a new caller finds at an old silo goes there
/// and comes up at a new one, and old callers are served by new grains. So nobody asks an old grain for a method it does not have, and
/// no old silo reads a state that a new one wrote, as long as one new silo lives.
/// Without a new silo new callers are served by nobody: whoever goes back replaces the gateways before the silos.
/// </summary>
internal static class ReleaseVersioning
{
    public static void AddReleaseVersions(this IServiceCollection services, Release release)
    {
        services.TryAddSingleton(release);
        services.AddSingleton<IGrainInterfacePropertiesProvider, InterfaceVersions>();
        services.Configure<GrainVersioningOptions>(options =>
        {
            options.DefaultCompatibilityStrategy = nameof(BackwardCompatible);
            options.DefaultVersionSelectorStrategy = nameof(LatestVersion);
        });
    }

    private sealed class InterfaceVersions(Release release) : IGrainInterfacePropertiesProvider
    {
        public void Populate(Type interfaceType, GrainInterfaceType grainInterfaceType, Dictionary<string, string> properties)
        {
            if (typeof(IGrain).IsAssignableFrom(interfaceType) && interfaceType.Assembly == typeof(Grains.Reply<>).Assembly)
            {
                properties[WellKnownGrainInterfaceProperties.Version] = $"{release.Number}";
            }
        }
    }
}
