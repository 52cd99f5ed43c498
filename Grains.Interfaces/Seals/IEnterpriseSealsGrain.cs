using Bzt.Contracts.Phone;

namespace Bzt.Grains.Seals;

/// <summary>An enterprise's seals, keyed by its unified social credit code: those confirmed last, and all before them.</summary>
[Alias("bzt.IEnterpriseSeals")]
public interface IEnterpriseSealsGrain : IGrainWithStringKey
{
    /// <summary>A confirmed set of an application whose certificate is active. Idempotent by the set; only the administrator's counts.</summary>
    [Alias("receive")]
    Task Receive(GiveSeals command);

    /// <summary>Null while it has none.</summary>
    [Alias("view")]
    Task<EnterpriseSealsView?> GetView();

    /// <summary>Whether this is a picture of one of its sets, earlier ones too.</summary>
    [Alias("names")]
    Task<bool> Names(string blobId);
}

[GenerateSerializer, Immutable, Alias("bzt.GiveSeals")]
public sealed record GiveSeals(
    [property: Id(0)] Guid SealSet,
    [property: Id(1)] ApplicationId Application,
    [property: Id(2)] UserId ConfirmedBy,
    [property: Id(3)] DateTimeOffset ConfirmedAt,
    [property: Id(4)] IReadOnlyList<SealFacts> Seals);

/// <param name="BlobId">A PNG; its owner is who has the seal: the user of a set, the enterprise of its own.</param>
[GenerateSerializer, Immutable, Alias("bzt.SealFacts")]
public sealed record SealFacts(
    [property: Id(0)] SealKind Kind,
    [property: Id(1)] string BlobId,
    [property: Id(2)] double WidthMm,
    [property: Id(3)] double HeightMm);

/// <param name="Version">Counts the sets; pictures of one version never change.</param>
[GenerateSerializer, Immutable, Alias("bzt.EnterpriseSealsView")]
public sealed record EnterpriseSealsView(
    [property: Id(0)] int Version,
    [property: Id(1)] DateTimeOffset Since,
    [property: Id(2)] IReadOnlyList<SealFacts> Seals);

/// <summary>Whose the pictures are.</summary>
public static class SealOwners
{
    public static string Of(UserId user) => $"user/{user}";

    public static string Of(CreditCode enterprise) => $"enterprise/{enterprise}";
}
