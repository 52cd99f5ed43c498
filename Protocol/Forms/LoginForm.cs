namespace Bzt.Protocol.Forms;

/// <summary>What a login form is for.</summary>
public enum LoginPurpose
{
    /// <summary>The certificate logs the enterprise in.</summary>
    Login = 1,

    /// <summary>The certificate is bound to the enterprise's account at the platform.</summary>
    Bind = 2,
}

/// <summary>
/// Binding to a platform and logging in to it. Everything the user is shown, and what keeps the signature from serving
/// anywhere else: the platform, its challenge, the enterprise, the certificate, the span of time.
/// </summary>
/// <remarks>
/// SEQUENCE { marker UTF8String, purpose INTEGER, platformId, platformName, enterpriseName, creditCode, certificateSerial UTF8String,
/// challenge OCTET STRING (32 to 64), issuedAt, expiresAt GeneralizedTime }, DER.
/// </remarks>
public sealed record LoginForm : SigningForm
{
    private const string Marker = "bzt.login.v1";

    /// <summary>A login or binding to be signed.</summary>
    /// <param name="purpose">Which of the two.</param>
    /// <param name="platformId">The platform as the server knows it.</param>
    /// <param name="platformName">As the user knows it.</param>
    /// <param name="enterpriseName">Of the certificate.</param>
    /// <param name="creditCode">Of the certificate.</param>
    /// <param name="certificateSerial">The signing certificate, hexadecimal.</param>
    /// <param name="challenge">The platform's random value, 32 to 64 bytes.</param>
    /// <param name="issuedAt">Whole seconds, UTC.</param>
    /// <param name="expiresAt">Whole seconds, UTC; later than <paramref name="issuedAt"/>.</param>
    public LoginForm(
        LoginPurpose purpose, string platformId, string platformName, string enterpriseName, string creditCode, string certificateSerial,
        byte[] challenge, DateTimeOffset issuedAt, DateTimeOffset expiresAt)
        : base(Der.Sequence(w =>
        {
            w.Text(Marker);
            w.WriteInteger((int)purpose);
            w.Text(platformId);
            w.Text(platformName);
            w.Text(enterpriseName);
            w.Text(creditCode);
            w.Text(certificateSerial);
            w.WriteOctetString(challenge);
            w.Time(issuedAt);
            w.Time(expiresAt);
        }))
    {
        ArgumentNullException.ThrowIfNull(challenge);
        if (challenge.Length is < 32 or > 64 || !Enum.IsDefined(purpose) || expiresAt <= issuedAt)
        {
            throw new ArgumentException("Not a login form: challenge of 32 to 64 bytes, known purpose, later end.");
        }

        (Purpose, PlatformId, PlatformName) = (purpose, platformId, platformName);
        (EnterpriseName, CreditCode, CertificateSerial) = (enterpriseName, creditCode, certificateSerial);
        (Challenge, IssuedAt, ExpiresAt) = (challenge, issuedAt, expiresAt);
    }

    /// <inheritdoc/>
    public override SigningFormKind Kind => SigningFormKind.Login;

    /// <summary>Login or binding.</summary>
    public LoginPurpose Purpose { get; }

    /// <summary>The platform as the server knows it.</summary>
    public string PlatformId { get; }

    /// <summary>The platform as the user knows it.</summary>
    public string PlatformName { get; }

    /// <summary>Of the certificate.</summary>
    public string EnterpriseName { get; }

    /// <summary>Of the certificate.</summary>
    public string CreditCode { get; }

    /// <summary>The signing certificate, hexadecimal.</summary>
    public string CertificateSerial { get; }

    /// <summary>The platform's random value.</summary>
    public byte[] Challenge { get; }

    /// <summary>When the request was made.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>From when on a platform does not accept it.</summary>
    public DateTimeOffset ExpiresAt { get; }

    internal static LoginForm? Decode(byte[] content) => Der.TryRead(content, r =>
    {
        if (!r.IsMarked(Marker) || !r.TryReadInt32(out var purpose) || !Enum.IsDefined((LoginPurpose)purpose))
        {
            return null;
        }

        var (platformId, platformName, enterprise, code, serial) = (r.Text(), r.Text(), r.Text(), r.Text(), r.Text());
        var challenge = r.ReadOctetString();
        var (issued, expires) = (r.ReadGeneralizedTime(), r.ReadGeneralizedTime());
        return challenge.Length is >= 32 and <= 64 && expires > issued
            ? new LoginForm((LoginPurpose)purpose, platformId, platformName, enterprise, code, serial, challenge, issued, expires)
            : null;
    });
}
