using Bzt.Samples.TradingPlatform;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Options;

namespace Bzt.Tests.TradingPlatforms;

/// <summary>What a tender's bids, scores and report may become after what.</summary>
public sealed class TenderStoreTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 1, 2, 3, TimeSpan.Zero);
    private static readonly Bid Bid = new("T", "91420500MA49A1B2C3", "宜昌建设", "first", 1, "", Now) { ManifestDigest = [1] };

    [Fact]
    public void Once_bids_are_announced_none_is_replaced_and_none_comes()
    {
        using var folder = new TempFolder();
        var tenders = Store(folder);
        Assert.True(tenders.Receive(Bid));
        Assert.True(tenders.Receive(Bid with { FileName = "second", ManifestDigest = [2] }));
        tenders.Close("U");
        Assert.True(tenders.Receive(Bid with { FileName = "third", ManifestDigest = [3] }));
        tenders.Close("T");
        tenders.Close("T");
        Assert.False(tenders.Receive(Bid with { FileName = "fourth", ManifestDigest = [4] }));
        Assert.False(tenders.Receive(Bid with { CreditCode = "91420500MA49A1B2C4", FileName = "other" }));
        var kept = Assert.Single(Store(folder).Bids("T"));
        Assert.Equal(("third", 3), (kept.FileName, Assert.Single(kept.ManifestDigest)));
    }

    [Fact]
    public void Scores_under_a_sealed_report_stay()
    {
        using var folder = new TempFolder();
        var tenders = Store(folder);
        tenders.KeepScore("T", new Score(Bid.CreditCode, 1, 2, 3, "a"));
        tenders.KeepScore("T", new Score(Bid.CreditCode, 4, 5, 6, "b"));
        Assert.False(tenders.KeepReport("T", new SealedReport("王评", "01", Now, [1]), [new Score(Bid.CreditCode, 1, 2, 3, "a")]));
        Assert.True(tenders.KeepReport("T", new SealedReport("王评", "01", Now, [1]), tenders.Scores("T")));
        Assert.False(tenders.KeepReport("T", new SealedReport("王评", "01", Now, [1]), tenders.Scores("T")));
        tenders.KeepScore("T", new Score(Bid.CreditCode, 40, 40, 20, "c"));
        Assert.Equal(15, Assert.Single(tenders.Scores("T")).Total);
    }

    private static TenderStore Store(TempFolder folder) => new(new Database(Options.Create(new PlatformOptions { DataFolder = folder.Path })));
}
