using Bzt.Contracts.Platforms;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications;
using Orleans.Concurrency;

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

    [Alias("is-administrator"), AlwaysInterleave]
    Task<bool> IsAdministrator(UserId user);

    /// <summary>
    /// Whether this user may use a certificate of the enterprise for that, now: the administrator for everything, staff inside an authorisation.
    /// <see cref="RefusalCode.NotMember"/>, <see cref="RefusalCode.NotAuthorised"/>. Reads only what is durable, so it need not wait its turn.
    /// </summary>
    [Alias("may-use"), AlwaysInterleave]
    Task<Reply<Nothing>> MayUse(UserId user, PlatformId platform, SessionKind kind);

    /// <summary>Who belongs to it, the administrator first. <see cref="RefusalCode.Forbidden"/> for who does not.</summary>
    [Alias("members")]
    Task<Reply<IReadOnlyList<MemberView>>> GetMembers(UserId caller);

    /// <summary>Staff from now on. A repeat of the operation is done, also when the member was removed since.</summary>
    [Alias("add-member")]
    Task<Reply<Nothing>> AddMember(AddMember command);

    /// <summary>新增授权: the CA has approved it. Idempotent by its id. <see cref="RefusalCode.NotMember"/> when the user neither is a member nor joins with it.</summary>
    [Alias("grant")]
    Task<Reply<Nothing>> Grant(GrantAuthorisation command);

    /// <summary>删除授权: one, from the history of its platform or its member. What ended before is done.</summary>
    [Alias("revoke")]
    Task<Reply<Nothing>> Revoke(UserId caller, Guid authorisation);

    /// <summary>删除授权 按交易平台: all that is in force there. How many that were.</summary>
    [Alias("revoke-by-platform")]
    Task<Reply<int>> RevokeByPlatform(UserId caller, PlatformId platform);

    /// <summary>删除授权 按人员: all that a member has. How many that were.</summary>
    [Alias("revoke-by-member")]
    Task<Reply<int>> RevokeByMember(UserId caller, UserId member);

    /// <summary>历史授权记录, newest first: the administrator sees all, a member its own.</summary>
    [Alias("authorisations")]
    Task<Reply<IReadOnlyList<Authorisation>>> ListAuthorisations(UserId caller);

    /// <summary>Whom to tell; <see cref="RefusalCode.NotFound"/> while it is not claimed.</summary>
    [Alias("administrator"), AlwaysInterleave]
    Task<Reply<UserId>> GetAdministrator();
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
