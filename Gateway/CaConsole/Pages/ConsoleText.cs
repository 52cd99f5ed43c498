using System.Globalization;
using Bzt.Grains.CaVendors;

namespace Bzt.Gateway.CaConsole.Pages;

internal static class ConsoleText
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public static string Time(DateTimeOffset at) => at.ToOffset(Shanghai).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Of(CaAuditAction action) => action switch
    {
        CaAuditAction.Inspected => "查看",
        CaAuditAction.Approved => "通过",
        CaAuditAction.Rejected => "驳回",
        _ => throw new InvalidOperationException($"An audited action {action}."),
    };

    public static string? Tone(CaAuditAction action) => action switch
    {
        CaAuditAction.Approved => "ok",
        CaAuditAction.Rejected => "bad",
        _ => null,
    };
}
