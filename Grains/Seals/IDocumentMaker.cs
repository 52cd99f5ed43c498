using Bzt.Contracts.Phone;
using Bzt.Protocol.Forms;

namespace Bzt.Grains.Seals;

/// <summary>
/// Makes the papers of an application as PDFs. Computation only, outside the caller's turn and a few at a time; nothing of it is kept.
/// </summary>
public interface IDocumentMaker
{
    /// <summary>申请书模板 (M030, M048): filled in, to be printed, sealed and signed by hand, and photographed; its corner marks lead back to the seals.</summary>
    Task<byte[]> ApplicationFormAsync(ApplicationFormFacts facts, CancellationToken cancellation = default);

    /// <summary>授权书 (M042): who is authorised for what, where and how long; to be sealed by <see cref="ILetterSealing"/>.</summary>
    Task<byte[]> AuthorisationLetterAsync(AuthorisationLetterFacts facts, CancellationToken cancellation = default);
}

/// <summary>Everything the printed form says. Names and numbers are those that were entered: the CA compares them with the licence.</summary>
/// <param name="Applicant">Who will be the enterprise's administrator.</param>
/// <param name="Date">Of the application, as printed.</param>
public sealed record ApplicationFormFacts(
    FormPurpose Purpose,
    string EnterpriseName,
    CreditCode CreditCode,
    string LegalRepresentativeName,
    string LegalRepresentativeIdNumber,
    PrintedPerson Applicant,
    string Province,
    string PlatformName,
    string CaName,
    int Years,
    DateOnly Date)
{
    /// <summary>No name, no number.</summary>
    public override string ToString() => nameof(ApplicationFormFacts);
}

/// <summary>A person as a paper names him; masked or not is the caller's choice.</summary>
public sealed record PrintedPerson(string Name, string IdNumber, string PhoneNumber)
{
    public override string ToString() => nameof(PrintedPerson);
}

/// <param name="Number">授权书编号, such as the application's number.</param>
/// <param name="Matter">授权事项: 申请并使用企业数字证书.</param>
/// <param name="Permissions">授权权限: 登录, 签章, ….</param>
/// <param name="Until">Null: as long as the certificate is valid.</param>
public sealed record AuthorisationLetterFacts(
    string Number,
    string EnterpriseName,
    CreditCode CreditCode,
    PrintedPerson Person,
    string Matter,
    IReadOnlyList<string> Permissions,
    string PlatformName,
    string CaName,
    DateOnly From,
    DateOnly? Until)
{
    /// <summary>No name, no number.</summary>
    public override string ToString() => nameof(AuthorisationLetterFacts);
}

/// <summary>
/// Seals a letter in two steps, because the signature comes from the holder's phone: <see cref="PrepareAsync"/> says what is to be signed, the
/// prepared PDF is kept as a blob meanwhile, <see cref="CompleteAsync"/> puts the signature in.
/// </summary>
public interface ILetterSealing
{
    /// <summary>Appends seal and signature field at the letter's place for it.</summary>
    Task<PreparedLetter> PrepareAsync(LetterToSeal letter, CancellationToken cancellation = default);

    /// <summary>The sealed PDF.</summary>
    /// <param name="prepared">Exactly what <see cref="PrepareAsync"/> gave.</param>
    /// <param name="toBeSigned">The content of its form.</param>
    /// <param name="signature">r‖s, 64 octets.</param>
    /// <param name="signingCertificate">DER.</param>
    /// <param name="chain">The certificates above it.</param>
    /// <param name="cancellation">Before it begins.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The signature is not this certificate's of this letter.</exception>
    Task<byte[]> CompleteAsync(
        byte[] prepared, byte[] toBeSigned, byte[] signature, byte[] signingCertificate, IReadOnlyList<byte[]> chain, CancellationToken cancellation = default);
}

/// <param name="Pdf">From <see cref="IDocumentMaker.AuthorisationLetterAsync"/>.</param>
/// <param name="Name">What the signer's phone shows, such as 授权书.</param>
/// <param name="Seal">The enterprise's own seal; null draws one from its name.</param>
public sealed record LetterToSeal(byte[] Pdf, string Name, string EnterpriseName, LetterSeal? Seal, byte[] SigningCertificate, DateTimeOffset At);

/// <param name="Png">With transparency.</param>
/// <param name="WidthMm">Of the seal on paper.</param>
public sealed record LetterSeal(byte[] Png, double WidthMm);

/// <param name="Pdf">Waits for its signature.</param>
/// <param name="Form">What is to be signed.</param>
public sealed record PreparedLetter(byte[] Pdf, CmsPdfForm Form);
