namespace Bzt.Protocol.Forms;

/// <summary>A form that seals one document: what its signer is shown of it.</summary>
public interface IDocumentForm
{
    /// <summary>The document's name; empty when the form does not say it.</summary>
    string DocumentName { get; }

    /// <summary>SM3 of what is sealed.</summary>
    byte[] DocumentDigest { get; }
}
