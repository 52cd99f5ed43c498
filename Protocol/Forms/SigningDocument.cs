using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Forms;

/// <summary>One thing to be signed as it travels: the form and the bytes that form decodes strictly.</summary>
public sealed record SigningDocument(SigningFormKind Kind, byte[] Content)
{
    internal static void Write(WireWriter writer, SigningDocument document) =>
        writer.U8((int)document.Kind).Bytes(document.Content);

    internal static SigningDocument Read(ref WireReader r) => new((SigningFormKind)r.U8(), r.Bytes());
}

/// <summary>The closed set of forms; the numbers are the wire's and stay.</summary>
public enum SigningFormKind
{
    /// <summary>Binding and logging in.</summary>
    Login = 1,

    /// <summary>A PKCS#10 request for the key itself.</summary>
    Csr = 2,

    /// <summary>An authorisation letter.</summary>
    Authorisation = 3,

    /// <summary>The signed attributes of a CMS in a PDF.</summary>
    CmsPdf = 4,

    /// <summary>What an electronic seal of GB/T 38540 signs.</summary>
    Ses = 5,

    /// <summary>The manifest of a bid file.</summary>
    BidManifest = 6,

    /// <summary>A bare digest: the phone can say nothing about what it is of.</summary>
    HashOnly = 7,

    /// <summary>An instruction of the holder to the service, written by the service: no platform brings one.</summary>
    Instruction = 8,

    /// <summary>A PDF in the way of GB/T 35275: its digest, without signed attributes.</summary>
    GmPdf = 9,
}
