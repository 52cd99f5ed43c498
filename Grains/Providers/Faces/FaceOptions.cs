using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Faces;

/// <summary>Section <c>Providers:Face</c>. Called are <c>{Endpoint}/checks</c> and <c>{Endpoint}/checks/query</c>; without it this way of proving a real name is not offered.</summary>
public sealed class FaceOptions() : SignedJsonOptions(Section)
{
    public const string Section = "Providers:Face";

    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
