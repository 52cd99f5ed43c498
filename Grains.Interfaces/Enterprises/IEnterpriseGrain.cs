using Bzt.Grains.Accounts;
using Bzt.Grains.Applications;

namespace Bzt.Grains.Enterprises;

/// <summary>
/// One enterprise, keyed by its unified social credit code: whose it is and who belongs to it. It has exactly one
/// administrator from its claim on; of several applicants the first whose certificate is downloaded becomes it (M025).
/// </summary>
[Alias("bzt.IEnterprise")]
public interface IEnterpriseGrain : IGrainWithStringKey
{
    /// <summary>What everybody may know: whether it is claimed and, masked, by whom.</summary>
    [Alias("view")]
    Task<EnterpriseView> GetView();

    /// <summary>An application for it is on its way; told at each submission, so that losers can be told.</summary>
    [Alias("contend")]
    Task Contend(ApplicationId application);

    /// <summary>
    /// Before the download: from here on no other application can reach a certificate. The holder's repeat is done;
    /// <see cref="RefusalCode.EnterpriseClaimed"/> for anybody else.
    /// </summary>
    [Alias("reserve")]
    Task<Reply<Nothing>> Reserve(ApplicationId application);

    /// <summary>Its application ended without a certificate.</summary>
    [Alias("release")]
    Task Release(ApplicationId application);

    /// <summary>The reserving application's certificate is active: claimed. Everybody else who applied is told.</summary>
    [Alias("confirm")]
    Task Confirm(ConfirmClaim claim);

    /// <summary><see cref="MemberRole"/> of a user; <see cref="RefusalCode.NotFound"/> when not a member.</summary>
    [Alias("role-of")]
    Task<Reply<MemberRole>> GetRole(UserId user);
}

[GenerateSerializer, Immutable, Alias("bzt.ConfirmClaim")]
public sealed record ConfirmClaim(
    [property: Id(0)] ApplicationId Application,
    [property: Id(1)] CertificateId Certificate,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] UserId Administrator,
    [property: Id(4)] string AdministratorMaskedName,
    [property: Id(5)] string AdministratorMaskedPhoneNumber);

[GenerateSerializer, Immutable, Alias("bzt.EnterpriseView")]
public sealed record EnterpriseView(
    [property: Id(0)] CreditCode CreditCode,
    [property: Id(1)] bool Claimed,
    [property: Id(2)] string? Name,
    [property: Id(3)] string? AdministratorMaskedName,
    [property: Id(4)] string? AdministratorMaskedPhoneNumber);
