using Bzt.Contracts.Phone;

namespace Bzt.Grains.Seals;

/// <summary>Where papers are filled in: beside the person's data, which leaves the silo only on his own paper.</summary>
[Alias("bzt.IPapers")]
public interface IPapersGrain : IGrainWithIntegerKey
{
    /// <summary>申请书模板 as a PDF. <see cref="RefusalCode.OfferUnknown"/>, <see cref="RefusalCode.RealNameRequired"/>.</summary>
    [Alias("application-form")]
    Task<Reply<byte[]>> ApplicationForm(FillApplicationForm command);
}

[GenerateSerializer, Immutable, Alias("bzt.FillApplicationForm")]
public sealed record FillApplicationForm(
    [property: Id(0)] UserId Caller,
    [property: Id(1)] FormPurpose Purpose,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] CreditCode CreditCode,
    [property: Id(4)] string LegalRepresentativeName,
    [property: Id(5)] string LegalRepresentativeIdNumber,
    [property: Id(6)] PlatformId Platform,
    [property: Id(7)] CaId Ca,
    [property: Id(8)] int Years)
{
    /// <summary>No name, no number.</summary>
    public override string ToString() => nameof(FillApplicationForm);
}
