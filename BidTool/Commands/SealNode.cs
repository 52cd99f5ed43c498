using System.CommandLine.Parsing;
using System.Globalization;
using Bzt.Contracts.Phone;
using Bzt.Documents.Pdf;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>Where a seal goes: page from 1 (negative from the end), millimetres from the left and the top, width.</summary>
/// <param name="Width">Null: as wide as the seal is on paper.</param>
internal sealed record SealNode(int Page, double Left, double Top, double? Width)
{
    public static SealNode[]? Parse(ArgumentResult result)
    {
        var nodes = new List<SealNode>();
        foreach (var token in result.Tokens)
        {
            var parts = token.Value.Split(',');
            if (parts.Length is not (3 or 4)
                || !int.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var page) || page == 0
                || !TryMillimetres(parts[1], out var left) || !TryMillimetres(parts[2], out var top))
            {
                result.AddError(Say($"--node {token.Value}：应为 页,左,上[,宽]，例如 1,120,200", $"--node {token.Value}: write PAGE,LEFT,TOP[,WIDTH], for example 1,120,200"));
                return null;
            }

            double? width = null;
            if (parts.Length == 4 && (!TryMillimetres(parts[3], out var given) || (width = given) is < 5 or > 100))
            {
                result.AddError(Say($"--node {token.Value}：宽应在 5 至 100 毫米之间", $"--node {token.Value}: the width is between 5 and 100 millimetres"));
                return null;
            }

            nodes.Add(new SealNode(page, left, top, width));
        }

        return [.. nodes];
    }

    public static SealKind ParseKind(ArgumentResult result)
    {
        switch (result.Tokens.Count == 1 ? result.Tokens[0].Value : "")
        {
            case "enterprise":
                return SealKind.Enterprise;
            case "legal":
                return SealKind.LegalRepresentative;
            case "signature":
                return SealKind.Signature;
            default:
                result.AddError(Say("--seal：应为 enterprise、legal 或 signature", "--seal is enterprise, legal or signature"));
                return default;
        }
    }

    internal static bool TryMillimetres(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= 5000;
}

/// <summary>骑缝章: millimetres from the top, width of the whole seal.</summary>
/// <param name="Width">Null: as wide as the seal is on paper.</param>
internal sealed record AcrossPages(double Top, double? Width)
{
    public static AcrossPages? Parse(ArgumentResult result)
    {
        var parts = result.Tokens.Count == 1 ? result.Tokens[0].Value.Split(',') : [];
        double width = 0;
        if (parts.Length is not (1 or 2) || !SealNode.TryMillimetres(parts[0], out var top)
            || (parts.Length == 2 && (!SealNode.TryMillimetres(parts[1], out width) || width is < 20 or > 100)))
        {
            result.AddError(Say("--across：应为 上[,宽]，宽在 20 至 100 毫米之间，例如 120 或 120,42", "--across: write TOP[,WIDTH], 20 to 100 millimetres wide, for example 120 or 120,42"));
            return null;
        }

        return new AcrossPages(top, parts.Length == 2 ? width : null);
    }
}

/// <summary>What the command line says of forms and time stamps.</summary>
internal static class SealForms
{
    public static SealSubFilter Parse(ArgumentResult result)
    {
        switch (result.Tokens.Count == 1 ? result.Tokens[0].Value : "")
        {
            case "pdf":
                return SealSubFilter.Pkcs7Detached;
            case "pades":
                return SealSubFilter.CadesDetached;
            case "gm-cms":
                return SealSubFilter.Sm2Cms;
            case "gm-seal":
                return SealSubFilter.Sm2Seal;
            default:
                result.AddError(Say("--form：应为 pdf、pades、gm-cms 或 gm-seal", "--form is pdf, pades, gm-cms or gm-seal"));
                return default;
        }
    }

    public static Uri? ParseAddress(ArgumentResult result)
    {
        if (result.Tokens.Count == 1 && Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        result.AddError(Say("--tsa：应为 http 或 https 地址", "--tsa is an http or https address"));
        return null;
    }
}

/// <summary>A section of a bid file and where its content lies.</summary>
internal sealed record SectionSource(string Name, string Path)
{
    public static SectionSource[]? Parse(ArgumentResult result)
    {
        var sections = new List<SectionSource>();
        foreach (var token in result.Tokens)
        {
            var equals = token.Value.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || equals == token.Value.Length - 1)
            {
                result.AddError(Say($"--section {token.Value}：应为 名称=文件或文件夹，例如 唱标信息=报价.pdf", $"--section {token.Value}: write NAME=FILE or FOLDER, for example 唱标信息=price.pdf"));
                return null;
            }

            sections.Add(new SectionSource(token.Value[..equals], token.Value[(equals + 1)..]));
        }

        if (sections.Select(section => section.Name).Distinct(StringComparer.Ordinal).Count() != sections.Count)
        {
            result.AddError(Say("--section：名称不能重复", "--section: two of one name"));
            return null;
        }

        return [.. sections];
    }
}
