using System.Globalization;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;

namespace Bzt.Grains.Openings;

/// <summary>What a session tells the files of its bid opening, and an opening its bidders. The kinds are stored: they are never renamed.</summary>
internal static class OpeningOutbox
{
    public const string Asked = "opening/asked";
    public const string Answered = "opening/answered";
    public const string Moved = "opening/moved";

    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public static Outbox AddAsked(this Outbox outbox, SessionOpening opening, OpeningAsked asked) =>
        opening.Files.Aggregate(outbox, (items, file) => items.Add(Asked, Target(opening, file), asked));

    public static Outbox AddAnswered(this Outbox outbox, SessionOpening opening, OpeningAnswered answered) =>
        opening.Files.Aggregate(outbox, (items, file) => items.Add(Answered, Target(opening, file), answered));

    /// <summary>To every bidder of a file; one item, so that the state of a large opening stays small.</summary>
    public static Outbox AddMoved(this Outbox outbox, CreateOpening opening, OpeningMove move) => outbox.Add(Moved, opening.Platform.Value, new OpeningMoved(
        opening.Platform, [.. opening.Files.Select(file => file.Bidder).Distinct()], $"opening/{move.Command.Id:D}", move.Command.OpensAt is null ? "解密时间已延长" : "开标时间已调整",
        $"{opening.ProjectName}：" + (move.Command.OpensAt is null ? "" : $"{Time(move.OpensAt)}开标，") + $"解密截止{Time(move.Deadline)}。原因：{move.Command.Reason}", move.At, move.Deadline));

    public static IOpeningFileGrain FileOf(IGrainFactory grains, string target)
    {
        var slash = target.IndexOf('/', StringComparison.Ordinal);
        return grains.OpeningFile(new OpeningId(Guid.Parse(target.AsSpan(0, slash))), target[(slash + 1)..]);
    }

    private static string Time(DateTimeOffset time) => time.ToOffset(Shanghai).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Target(SessionOpening opening, string file) => $"{opening.Opening}/{file}";
}

/// <summary>Who is told of each kind.</summary>
internal sealed class OpeningRoutes(IGrainFactory grains) : IOutboxRoutes
{
    public IReadOnlyList<OutboxRoute> Routes =>
    [
        new(OpeningOutbox.Asked, item => OpeningOutbox.FileOf(grains, item.Target).Asked(item.Read<OpeningAsked>())),
        new(OpeningOutbox.Answered, item => OpeningOutbox.FileOf(grains, item.Target).Answered(item.Read<OpeningAnswered>())),
    ];
}

/// <param name="MessageId">Of the change: a repeat is one message.</param>
/// <param name="Until">The new deadline.</param>
public sealed record OpeningMoved(PlatformId Platform, IReadOnlyList<CreditCode> Bidders, string MessageId, string Title, string Body, DateTimeOffset At, DateTimeOffset Until);

/// <summary>Tells whoever holds a certificate a bidder has bound at the platform and has to do with its bids; of a bidder that has bound none the service knows nobody.</summary>
public sealed class OpeningMovedHandler(IGrainFactory grains) : IOutboxHandler
{
    private const int AtOnce = 32;

    public string Kind => OpeningOutbox.Moved;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var moved = delivery.Item.Read<OpeningMoved>();
        var opening = ((Guid)delivery.Source.GetGuidKey()).ToString("D");
        await Parallel.ForEachAsync(moved.Bidders, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (bidder, _) =>
        {
            foreach (var holder in await BoundCertificates.HoldersAsync(grains, moved.Platform, bidder))
            {
                await grains.Inbox(holder).Post(new InboxEntry(moved.MessageId, MessageKind.OpeningChanged, moved.Title, moved.Body, opening, moved.At, moved.Until));
            }
        });
    }
}
