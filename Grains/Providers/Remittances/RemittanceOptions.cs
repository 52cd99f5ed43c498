using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Remittances;

/// <summary>Section <c>Providers:Remittance</c>. Called is <c>{Endpoint}/accounts</c>; without it 对公打款 is not offered.</summary>
public sealed class RemittanceOptions() : SignedJsonOptions(Section)
{
    public const string Section = "Providers:Remittance";

    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);
}
