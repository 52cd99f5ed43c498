namespace Bzt.Documents.Pdf;

/// <summary>Why a PDF is not read or not sealed.</summary>
public enum PdfRefusal
{
    /// <summary>The bytes are not a PDF at all.</summary>
    NotAPdf,
    /// <summary>The structure is broken; other programs may repair it, a sealer must not guess.</summary>
    Damaged,
    /// <summary>The file is encrypted: its strings and streams cannot be extended without the password.</summary>
    Encrypted,
    /// <summary>An earlier certification signature forbids any change.</summary>
    ChangesForbidden,
    /// <summary>The page asked for does not exist.</summary>
    NoSuchPage,
    /// <summary>The seal would lie partly outside its page.</summary>
    OutsidePage,
    /// <summary>A field of that name exists already.</summary>
    FieldExists,
    /// <summary>A size in the file is beyond what a sane document declares.</summary>
    TooLarge,
    /// <summary>The finished seal needs more room than was reserved.</summary>
    ReservedTooSmall,
    /// <summary>The prepared file is not what was prepared: changed, or sealed already.</summary>
    NotPrepared,
}

/// <summary>A PDF was refused, with the reason a program can act on and a detail for the log.</summary>
public sealed class PdfRefusedException(PdfRefusal reason, string detail, Exception? inner = null)
    : Exception($"{reason}: {detail}", inner)
{
    /// <summary>The reason.</summary>
    public PdfRefusal Reason { get; } = reason;

    /// <summary>What was met, or which limit it is beyond.</summary>
    public string Detail { get; } = detail;
}
