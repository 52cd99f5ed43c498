namespace Bzt.Grains.Applications;

/// <summary>What is on offer. Each silo answers from its own copy of the operator's file.</summary>
[Alias("bzt.ICatalogue")]
public interface ICatalogueGrain : IGrainWithIntegerKey
{
    [Alias("get")]
    Task<CatalogueView> Get();

    /// <summary>For operators: what is in force, and why a later edit is not.</summary>
    [Alias("status")]
    Task<CatalogueStatus> GetStatus();
}

/// <param name="CertificateAuthorities">Every CA, on offer or not: the console shows the applications of each.</param>
[GenerateSerializer, Immutable, Alias("bzt.CatalogueView")]
public sealed record CatalogueView(
    [property: Id(0)] IReadOnlyList<ProvinceView> Provinces,
    [property: Id(1)] IReadOnlyList<AuthorityView> CertificateAuthorities);

[GenerateSerializer, Immutable, Alias("bzt.ProvinceView")]
public sealed record ProvinceView([property: Id(0)] string Name, [property: Id(1)] IReadOnlyList<PlatformOffers> Platforms);

[GenerateSerializer, Immutable, Alias("bzt.PlatformOffers")]
public sealed record PlatformOffers(
    [property: Id(0)] PlatformId Platform,
    [property: Id(1)] string Name,
    [property: Id(2)] string RecognitionGroup,
    [property: Id(3)] IReadOnlyList<AuthorityOffers> CertificateAuthorities);

[GenerateSerializer, Immutable, Alias("bzt.AuthorityOffers")]
public sealed record AuthorityOffers([property: Id(0)] CaId Ca, [property: Id(1)] string Name, [property: Id(2)] IReadOnlyList<Offer> Offers)
{
    /// <summary>证书找回</summary>
    [Id(3)]
    public int RecoveryFeeFen { get; init; }

    /// <summary>The fee is due before the review; otherwise after it.</summary>
    [Id(4)]
    public bool PaidBeforeReview { get; init; }
}

/// <param name="FeeFen">Of an enterprise's certificate.</param>
/// <param name="PersonalFeeFen">个人证书</param>
/// <param name="RenewalFeeFen">续期 by so many years.</param>
[GenerateSerializer, Immutable, Alias("bzt.Offer")]
public sealed record Offer(
    [property: Id(0)] int Years, [property: Id(1)] int FeeFen, [property: Id(2)] int PersonalFeeFen, [property: Id(3)] int RenewalFeeFen);

/// <param name="WrittenAt">Of the file that is in force.</param>
/// <param name="Faults">Of the file as it lies there now, each with line and field; none when it is the one in force.</param>
[GenerateSerializer, Immutable, Alias("bzt.CatalogueStatus")]
public sealed record CatalogueStatus(
    [property: Id(0)] DateTimeOffset WrittenAt, [property: Id(1)] int Platforms, [property: Id(2)] int CertificateAuthorities, [property: Id(3)] IReadOnlyList<string> Faults);

[GenerateSerializer, Immutable, Alias("bzt.AuthorityView")]
public sealed record AuthorityView([property: Id(0)] CaId Ca, [property: Id(1)] string Name);
