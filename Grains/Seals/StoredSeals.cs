using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Seals;

/// <summary>The stored state of <see cref="SealSetGrain"/>.</summary>
public sealed record StoredSealSet : IHasOutbox<StoredSealSet>
{
    /// <summary>Null before the photo was looked at.</summary>
    public SealSetRecord? Set { get; init; }

    /// <summary>Whose the seals become; null while no application with this form has its certificate.</summary>
    public SealAdoption? Adoption { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredSealSet WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <param name="User">Who took the photo; the pictures are his blobs.</param>
/// <param name="Crops">Where he said the seals are, one of a kind.</param>
/// <param name="Cuts">How often he has.</param>
/// <param name="ConfirmedAt">Null until he says that these are the seals.</param>
public sealed record SealSetRecord(
    UserId User,
    string FormBlobId,
    bool MarksFound,
    ImmutableArray<CutSealView> Seals,
    ImmutableArray<SealCrop> Crops,
    int Cuts,
    DateTimeOffset? ConfirmedAt);

public sealed record SealAdoption(CreditCode Enterprise, ApplicationId Application);

/// <summary>The stored state of <see cref="EnterpriseSealsGrain"/>.</summary>
public sealed record StoredEnterpriseSeals
{
    /// <summary>Oldest first. Earlier sets stay: a seal put on a document must remain attributable.</summary>
    public ImmutableArray<EnterpriseSealSet> Sets { get; init; } = [];
}

/// <param name="Set">The set it came from, which tells repeats.</param>
/// <param name="Seals">The pictures are the enterprise's own blobs.</param>
public sealed record EnterpriseSealSet(
    Guid Set,
    ApplicationId Application,
    UserId ConfirmedBy,
    DateTimeOffset ConfirmedAt,
    DateTimeOffset Since,
    ImmutableArray<SealFacts> Seals);
