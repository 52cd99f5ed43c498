using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;

namespace Bzt.Grains.Openings;

/// <summary>What a session tells the files of its bid opening. The kinds are stored: they are never renamed.</summary>
internal static class OpeningOutbox
{
    public const string Asked = "opening/asked";
    public const string Answered = "opening/answered";

    public static Outbox AddAsked(this Outbox outbox, SessionOpening opening, OpeningAsked asked) =>
        opening.Files.Aggregate(outbox, (items, file) => items.Add(Asked, Target(opening, file), asked));

    public static Outbox AddAnswered(this Outbox outbox, SessionOpening opening, OpeningAnswered answered) =>
        opening.Files.Aggregate(outbox, (items, file) => items.Add(Answered, Target(opening, file), answered));

    public static IOpeningFileGrain FileOf(IGrainFactory grains, string target)
    {
        var slash = target.IndexOf('/', StringComparison.Ordinal);
        return grains.OpeningFile(new OpeningId(Guid.Parse(target.AsSpan(0, slash))), target[(slash + 1)..]);
    }

    private static string Target(SessionOpening opening, string file) => $"{opening.Opening}/{file}";
}

public sealed class OpeningAskedHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => OpeningOutbox.Asked;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        OpeningOutbox.FileOf(grains, delivery.Item.Target).Asked(delivery.Item.Read<OpeningAsked>());
}

public sealed class OpeningAnsweredHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => OpeningOutbox.Answered;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        OpeningOutbox.FileOf(grains, delivery.Item.Target).Answered(delivery.Item.Read<OpeningAnswered>());
}
