using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Providers.Invoices;

/// <summary>Section <c>Providers:Invoice</c>. Without it no invoices are issued.</summary>
public sealed class InvoiceOptions() : SignedJsonOptions(Section)
{
    public const string Section = "Providers:Invoice";

    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
