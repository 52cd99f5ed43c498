using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Licences;

/// <summary>Section <c>Providers:LicenceReader</c>. Without it nobody's licence is read.</summary>
public sealed class LicenceReaderOptions() : SignedJsonOptions(Section)
{
    public const string Section = "Providers:LicenceReader";

    /// <summary>Shorter than a grain's call waits.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:25")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);
}
