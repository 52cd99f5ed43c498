using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Seals;

/// <summary>What a set of seals decides, without clock, I/O or pictures.</summary>
public static class SealSetRules
{
    /// <summary>A photo is looked at again for each; more than a patient user needs is somebody's load test.</summary>
    public const int MostCuts = 40;

    /// <summary>Null when nobody's, or another's.</summary>
    public static SealSetRecord? Mine(StoredSealSet state, UserId caller) => state.Set is { } set && set.User == caller ? set : null;

    /// <summary>What was found in the photo. The first look counts.</summary>
    public static StoredSealSet Extracted(StoredSealSet state, ExtractSeals command, bool marksFound, IEnumerable<CutSealView> seals) =>
        state.Set is not null ? state : state with { Set = new SealSetRecord(command.Caller, command.FormBlobId, marksFound, [.. seals], [], 0, null) };

    public static Refusal? MayCut(StoredSealSet state, CutSeal command) => Mine(state, command.Caller) switch
    {
        null => new Refusal(RefusalCode.NotFound),
        { ConfirmedAt: not null } => new Refusal(RefusalCode.SealsConfirmed),
        { Cuts: >= MostCuts } => new Refusal(RefusalCode.SealCropsTooMany),
        _ => null,
    };

    /// <summary>One seal is another now; the others stay as they were shown.</summary>
    public static StoredSealSet Cut(StoredSealSet state, SealCrop crop, CutSealView seal) => state.Set is not { ConfirmedAt: null } set
        ? state
        : state with
        {
            Set = set with
            {
                Seals = [.. set.Seals.Select(known => known.Kind == crop.Kind ? seal : known)],
                Crops = Replace(set.Crops, crop),
                Cuts = set.Cuts + 1,
            },
        };

    public static (StoredSealSet State, Refusal? Refusal) Confirm(StoredSealSet state, Guid id, UserId caller, DateTimeOffset now)
    {
        if (Mine(state, caller) is not { } set)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        if (set.ConfirmedAt is not null)
        {
            return (state, null);
        }

        return set.Seals.All(seal => seal.BlobId is not null)
            ? (Give(state with { Set = set with { ConfirmedAt = now } }, id), null)
            : (state, new Refusal(RefusalCode.SealsIncomplete));
    }

    /// <summary>The first application with this form that has its certificate.</summary>
    public static StoredSealSet Adopt(StoredSealSet state, Guid id, AdoptSeals command) =>
        state.Adoption is not null ? state : Give(state with { Adoption = new SealAdoption(command.Enterprise, command.Application) }, id);

    /// <summary>Whichever came last of confirmation and adoption hands the seals over.</summary>
    private static StoredSealSet Give(StoredSealSet state, Guid id) => state is { Adoption: { } adoption, Set: { ConfirmedAt: { } confirmedAt } set }
        ? state with
        {
            Outbox = state.Outbox.Add(SealOutbox.Give, adoption.Enterprise.Value, new GiveSeals(
                id, adoption.Application, set.User, confirmedAt,
                [.. set.Seals.Select(seal => new SealFacts(seal.Kind, seal.BlobId!, seal.WidthMm, seal.HeightMm))])),
        }
        : state;

    private static ImmutableArray<SealCrop> Replace(ImmutableArray<SealCrop> crops, SealCrop crop) => [.. crops.Where(known => known.Kind != crop.Kind), crop];
}
