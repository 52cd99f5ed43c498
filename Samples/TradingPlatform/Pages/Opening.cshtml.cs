using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Mvc;

namespace Bzt.Samples.TradingPlatform.Pages;

internal sealed class OpeningModel(TenderStore tenders, AccountStore accounts, TimeProvider clock) : TenderPage(tenders, accounts, clock)
{
    public IActionResult OnGet(string id) => TryLoad(id) ? Page() : NotFound();
}
