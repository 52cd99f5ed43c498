using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Pages;

internal sealed class TenderModel(PlatformStore store, IOptions<PlatformOptions> options) : PageModel
{
    public Tender Tender { get; private set; } = null!;

    public Bid? Bid { get; private set; }

    public string BaseUrl => options.Value.PublicBaseUrl.TrimEnd('/');

    public IActionResult OnGet(string id)
    {
        if (store.FindTender(id) is not { } tender)
        {
            return NotFound();
        }

        Tender = tender;
        Bid = User.FindFirst("credit_code")?.Value is { } code ? store.FindBid(id, code) : null;
        return Page();
    }
}
