using System.Globalization;
using Bzt.Samples.TradingPlatform.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

internal static class TooManyTries
{
    /// <summary>The page, with its error, as 429.</summary>
    public static IActionResult TooMany(this PageModel page)
    {
        page.Response.Headers.RetryAfter = LoginBrake.Window.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return new PageResult { StatusCode = StatusCodes.Status429TooManyRequests };
    }
}
