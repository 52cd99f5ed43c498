namespace Bzt.Grains.Providers.Licences;

/// <summary>OCR of a 营业执照 or 统一社会信用代码证书. What it reads is a suggestion: it proves nothing.</summary>
public interface ILicenceReader
{
    /// <summary>False when the configuration does not want it.</summary>
    bool IsOffered { get; }

    /// <param name="picture">JPEG or PNG.</param>
    /// <param name="mediaType">Which of them.</param>
    /// <param name="requestId">The caller's id of this reading: asked again with the same one, the provider answers the same and charges once.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<LicenceReading> ReadAsync(ReadOnlyMemory<byte> picture, string mediaType, string requestId, CancellationToken cancellation = default);
}

public abstract record LicenceReading
{
    private LicenceReading() { }

    /// <summary>What could be read, one of them at least; not checked.</summary>
    public sealed record Read(string? EnterpriseName, string? CreditCode, string? LegalRepresentative) : LicenceReading
    {
        /// <summary>No name: results reach logs.</summary>
        public override string ToString() => nameof(Read);
    }

    /// <summary>No licence, or none that can be read.</summary>
    public sealed record NotReadable : LicenceReading;

    /// <summary>No answer, none that could be understood or trusted, or one about our account.</summary>
    public sealed record Unavailable(string Reason) : LicenceReading;
}
