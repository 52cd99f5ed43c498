namespace Bzt.Documents.BidFiles;

/// <summary>What is wrong with a bid file, or with what should go into one.</summary>
public enum BidFileFault
{
    /// <summary>The magic bytes are not there.</summary>
    NotABidFile,
    /// <summary>A later version of the format.</summary>
    UnknownVersion,
    /// <summary>The file ends too early: a broken upload.</summary>
    Truncated,
    /// <summary>Header or manifest does not decode, or contradicts the file.</summary>
    Malformed,
    /// <summary>The bytes are not those the manifest was made over: changed after generation.</summary>
    Altered,
    /// <summary>The section is whole, the key is another one's.</summary>
    WrongKey,
    /// <summary>The manifest's signature does not verify, or signs another manifest.</summary>
    BadSignature,
    /// <summary>A file name that would leave its folder, or that some system cannot hold.</summary>
    UnsafeName,
    /// <summary>A declared size or count beyond the format's bounds.</summary>
    TooLarge,
    /// <summary>The folder to open into exists already: nothing is ever overwritten.</summary>
    FolderExists,
    /// <summary>A source file changed its length while it was read.</summary>
    SourceChanged,
}

/// <summary>A bid file was refused.</summary>
public sealed class BidFileException(BidFileFault fault, string detail, Exception? inner = null) : Exception($"{fault}: {detail}", inner)
{
    /// <summary>What is wrong.</summary>
    public BidFileFault Fault { get; } = fault;
}
