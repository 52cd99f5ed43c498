using Bzt.Samples.TradingPlatform.Data;

namespace Bzt.Samples.TradingPlatform.Tenders;

/// <summary>投标中 → 待开标 → 开标中 → 评标中 → 已公示; or 流标.</summary>
public enum TenderStage { Bidding, Closed, Opening, Evaluation, Published, Failed }

public static class TenderStages
{
    /// <summary>How long bidders have to open their bids, unless it is extended.</summary>
    public static readonly TimeSpan OpeningWindow = TimeSpan.FromHours(1);

    /// <summary>Where a tender stands; a function of the clock and of what happened, so that nothing has to be switched on time.</summary>
    public static TenderStage Of(Tender tender, IReadOnlyList<Bid> bids, bool reported, DateTimeOffset now)
    {
        if (now < tender.Deadline)
        {
            return TenderStage.Bidding;
        }

        if (reported)
        {
            return TenderStage.Published;
        }

        if (now < tender.OpeningTime)
        {
            return TenderStage.Closed;
        }

        if (bids.Count > 0 && now < tender.OpeningDeadline && bids.Any(bid => !bid.IsOpen))
        {
            return TenderStage.Opening;
        }

        return bids.Any(bid => bid.IsOpen) ? TenderStage.Evaluation : TenderStage.Failed;
    }

    public static string Name(this TenderStage stage) => stage switch
    {
        TenderStage.Bidding => "投标中",
        TenderStage.Closed => "待开标",
        TenderStage.Opening => "开标中",
        TenderStage.Evaluation => "评标中",
        TenderStage.Published => "已公示",
        _ => "流标",
    };

    public static string Tone(this TenderStage stage) => stage switch
    {
        TenderStage.Bidding => "ok",
        TenderStage.Opening or TenderStage.Evaluation => "warn",
        TenderStage.Failed => "bad",
        _ => "info",
    };
}
