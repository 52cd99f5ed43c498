using System.Text;
using Bzt.Contracts;
using Bzt.Gateway.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using QRCoder;

namespace Bzt.Gateway.Downloads;

/// <summary>
/// 扫码下载: a page for the PC with a QR code of the phone app's address, which a phone's camera, WeChat or Alipay opens. There is nothing to
/// download but the page itself, which the phone then puts on its home screen.
/// </summary>
internal static class DownloadEndpoints
{
    private const string Icon = "/favicon.ico";
    private const string Policy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public static void MapDownloadPage(this WebApplication app)
    {
        app.MapGet(Routes.DownloadPage, IResult (HttpContext http, PublicAddress address) =>
        {
            http.Response.Headers.ContentSecurityPolicy = Policy;
            return new RazorComponentResult<DownloadPage>(new { Address = AppAddress(address) });
        }).ExcludeFromDescription();
        // What a browser asks for beside any page of ours that names no icon of its own.
        app.MapGet(Icon, (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=86400";
            return Results.Stream(typeof(DownloadEndpoints).Assembly.GetManifestResourceStream("icon.png")!, "image/png");
        }).WithMetadata(new Admission.ServesFile()).ExcludeFromDescription();
        // Who types the host's name alone.
        app.MapGet("/", () => Results.Redirect(Routes.DownloadPage)).ExcludeFromDescription();
        app.MapGet($"{Routes.DownloadPage}/qr.svg", (PublicAddress address) => Results.Text(Draw(AppAddress(address)), "image/svg+xml", Encoding.UTF8)).ExcludeFromDescription();
        app.MapGet($"{Routes.DownloadPage}/page.css", () => Results.Stream(
            typeof(DownloadEndpoints).Assembly.GetManifestResourceStream("download-page.css")!, "text/css; charset=utf-8")).WithMetadata(new Admission.ServesFile()).ExcludeFromDescription();
    }

    private static string AppAddress(PublicAddress address) => address.Of($"{Routes.PhoneApp}/");

    /// <summary>Black on white whatever the theme, four modules of quiet around it.</summary>
    private static string Draw(string address)
    {
        using var code = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        return new SvgQRCode(code).GetGraphic(10, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
