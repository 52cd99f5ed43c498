using System.Formats.Asn1;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Forms;

/// <summary>An authorisation letter (授权书): who may do what for the enterprise, and the letter's digest.</summary>
public sealed record AuthorisationForm : SigningForm
{
    private const string Marker = "bzt.authorisation.v1";

    /// <summary>A letter to be confirmed by the administrator.</summary>
    /// <param name="enterpriseName">The enterprise that authorises.</param>
    /// <param name="creditCode">Its unified social credit code.</param>
    /// <param name="grantee">The person authorised, as shown.</param>
    /// <param name="platform">Where it holds.</param>
    /// <param name="scope">What it covers, one item a text.</param>
    /// <param name="notBefore">Its beginning, to the second.</param>
    /// <param name="notAfter">Its end, to the second.</param>
    /// <param name="letterName">Name of the letter's file.</param>
    /// <param name="letterDigest">SM3 of the letter, 32 bytes.</param>
    public AuthorisationForm(
        string enterpriseName, string creditCode, string grantee, string platform, IReadOnlyList<string> scope,
        DateTimeOffset notBefore, DateTimeOffset notAfter, string letterName, byte[] letterDigest)
        : base(Der.Sequence(w =>
        {
            w.Text(Marker);
            w.Text(enterpriseName);
            w.Text(creditCode);
            w.Text(grantee);
            w.Text(platform);
            using (w.PushSequence())
            {
                foreach (var item in scope)
                {
                    w.Text(item);
                }
            }

            w.Time(notBefore);
            w.Time(notAfter);
            w.Text(letterName);
            w.WriteOctetString(letterDigest);
        }))
    {
        ArgumentNullException.ThrowIfNull(letterDigest);
        ArgumentOutOfRangeException.ThrowIfNotEqual(letterDigest.Length, Sm3.Length);
        (EnterpriseName, CreditCode, Grantee, Platform, Scope) = (enterpriseName, creditCode, grantee, platform, scope);
        (NotBefore, NotAfter, LetterName, LetterDigest) = (notBefore, notAfter, letterName, letterDigest);
    }

    /// <inheritdoc/>
    public override SigningFormKind Kind => SigningFormKind.Authorisation;

    /// <summary>The enterprise that authorises.</summary>
    public string EnterpriseName { get; }

    /// <summary>Its credit code.</summary>
    public string CreditCode { get; }

    /// <summary>The person authorised.</summary>
    public string Grantee { get; }

    /// <summary>Where it holds.</summary>
    public string Platform { get; }

    /// <summary>What it covers.</summary>
    public IReadOnlyList<string> Scope { get; }

    /// <summary>Its beginning.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Its end.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Name of the letter's file.</summary>
    public string LetterName { get; }

    /// <summary>SM3 of the letter.</summary>
    public byte[] LetterDigest { get; }

    internal static AuthorisationForm? Decode(byte[] content) => Der.TryRead(content, r =>
    {
        if (!r.IsMarked(Marker))
        {
            return null;
        }

        var (enterprise, code, grantee, platform) = (r.Text(), r.Text(), r.Text(), r.Text());
        var scope = Texts(r.ReadSequence());
        var (notBefore, notAfter, name, digest) = (r.ReadGeneralizedTime(), r.ReadGeneralizedTime(), r.Text(), r.ReadOctetString());
        return digest.Length == Sm3.Length
            ? new AuthorisationForm(enterprise, code, grantee, platform, scope, notBefore, notAfter, name, digest)
            : null;
    });

    private static List<string> Texts(AsnReader r)
    {
        var texts = new List<string>();
        while (r.HasData)
        {
            texts.Add(r.Text());
        }

        return texts;
    }
}
