using Bzt.Protocol.Forms;

namespace Bzt.Contracts;

/// <summary>The names of the closed set of signing forms in JSON (docs/protocol.md).</summary>
public static class SigningForms
{
    public const string Login = "login";
    public const string Csr = "csr";
    public const string Authorisation = "authorisation";
    public const string CmsPdf = "cms-pdf";
    public const string Ses = "ses";
    public const string BidManifest = "bid-manifest";
    public const string HashOnly = "hash-only";
    public const string Instruction = "instruction";
    public const string GmPdf = "gm-pdf";

    public static bool TryParse(string name, out SigningFormKind kind)
    {
        SigningFormKind? found = name switch
        {
            Login => SigningFormKind.Login,
            Csr => SigningFormKind.Csr,
            Authorisation => SigningFormKind.Authorisation,
            CmsPdf => SigningFormKind.CmsPdf,
            Ses => SigningFormKind.Ses,
            BidManifest => SigningFormKind.BidManifest,
            HashOnly => SigningFormKind.HashOnly,
            Instruction => SigningFormKind.Instruction,
            GmPdf => SigningFormKind.GmPdf,
            _ => null,
        };
        kind = found.GetValueOrDefault();
        return found is not null;
    }

    public static string NameOf(SigningFormKind kind) => kind switch
    {
        SigningFormKind.Login => Login,
        SigningFormKind.Csr => Csr,
        SigningFormKind.Authorisation => Authorisation,
        SigningFormKind.CmsPdf => CmsPdf,
        SigningFormKind.Ses => Ses,
        SigningFormKind.BidManifest => BidManifest,
        SigningFormKind.HashOnly => HashOnly,
        SigningFormKind.Instruction => Instruction,
        SigningFormKind.GmPdf => GmPdf,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a signing form."),
    };
}
