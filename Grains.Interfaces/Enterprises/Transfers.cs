using Bzt.Contracts.Phone;

namespace Bzt.Grains.Enterprises;

/// <param name="Operation">The phone's; becomes the transfer's id and that of the certificate task.</param>
/// <param name="Member">Who shall be the administrator.</param>
/// <param name="Certificate">The caller's, of this enterprise: its PIN confirms.</param>
[GenerateSerializer, Immutable, Alias("bzt.StartTransfer")]
public sealed record StartTransfer(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] UserId Caller,
    [property: Id(2)] UserId Member,
    [property: Id(3)] CertificateId Certificate);

[GenerateSerializer, Immutable, Alias("bzt.TransferView")]
public sealed record TransferView(
    [property: Id(0)] Guid Id,
    [property: Id(1)] CreditCode Enterprise,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] UserId From,
    [property: Id(4)] UserId To,
    [property: Id(5)] string ToMaskedName,
    [property: Id(6)] string ToMaskedPhoneNumber,
    [property: Id(7)] CertificateId Certificate,
    [property: Id(8)] TransferState State,
    [property: Id(9)] DateTimeOffset ExpiresAt);

/// <summary>The legal representative's new form was approved by the CA: the present administrator is replaced.</summary>
/// <param name="Application">Whose approval it is; once.</param>
[GenerateSerializer, Immutable, Alias("bzt.ReplaceAdministrator")]
public sealed record ReplaceAdministrator(
    [property: Id(0)] ApplicationId Application,
    [property: Id(1)] UserId Administrator,
    [property: Id(2)] string MaskedName,
    [property: Id(3)] string MaskedPhoneNumber);
