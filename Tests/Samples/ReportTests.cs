using System.Text;
using System.Text.RegularExpressions;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Evaluations;
using Bzt.Samples.TradingPlatform.Openings;
using Bzt.Tests.Storage;

namespace Bzt.Tests.TradingPlatforms;

/// <summary>What bidders write is read aloud and printed: it neither fills the memory nor keeps a report from being made.</summary>
public sealed partial class ReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 1, 2, 3, TimeSpan.Zero);
    private static readonly Tender Tender = new("YC-2026-0001", "宜昌测试大道改造工程", "宜昌市测试中心", Now, Now);

    [Theory]
    [InlineData("投标报价：1.00 元\n工期：180 日历天\r\n：无名\n没有冒号\n", "投标报价=1.00 元,工期=180 日历天")]
    [InlineData("", "")]
    public void Lines_with_a_name_and_a_value_are_read_aloud(string text, string facts)
    {
        using var folder = new TempFolder();
        Write(folder, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(facts, string.Join(',', ReadAloud.Of(folder.Path).Select(fact => $"{fact.Name}={fact.Value}")));
    }

    [Fact]
    public void A_line_as_long_as_a_disk_is_not_read_to_its_end()
    {
        using var folder = new TempFolder();
        Write(folder, stream => stream.SetLength(1L << 28));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Empty(ReadAloud.Of(folder.Path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(6, 1)]
    [InlineData(7, 2)]
    [InlineData(38, 3)]
    public void A_report_has_as_many_pages_as_its_bidders_need(int bidders, int pages) => Assert.Equal(pages, PagesOf(Draw(bidders, "宜昌建设")));

    [Theory]
    [InlineData("宜昌😀建设")]
    [InlineData("宜昌\u0007建设")]
    public void A_character_no_font_has_does_not_keep_a_report_from_being_made(string name) => Assert.Equal(1, PagesOf(Draw(2, name)));

    private static byte[] Draw(int bidders, string name)
    {
        var bids = Enumerable.Range(10, bidders)
            .Select(i => new Bid(Tender.Id, $"91420500MA{i}00000X", $"{name}{i}", "", 1, "", Now) { Opening = new Opening(true, "", Now, [new Fact("投标报价", $"{i}.00 元 {name}")]) }).ToList();
        return ReportPdf.Draw(Tender, bids, [.. bids.Select(bid => new Score(bid.CreditCode, 40, 40, 20, "响应招标文件"))], "王评", Now);
    }

    private static int PagesOf(byte[] pdf) => Page().Count(Encoding.Latin1.GetString(pdf));

    private static void Write(TempFolder folder, Action<FileStream> write)
    {
        Directory.CreateDirectory(folder.File("唱标信息"));
        using var file = File.Create(folder.File("唱标信息/开标一览表.txt"));
        write(file);
    }

    [GeneratedRegex("/Type /Page\\b")]
    private static partial Regex Page();
}
