using System.Security.Cryptography;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;

namespace Bzt.Documents.BidFiles;

/// <summary>What became of one section.</summary>
/// <param name="Name">The section's.</param>
/// <param name="Outcome">As a record of a bid opening tells it.</param>
/// <param name="Failure">What was thrown, unless it is open.</param>
public sealed record OpenedSection(string Name, OpeningOutcome Outcome, Exception? Failure);

/// <summary>Opens sections of a bid file with what phone and cluster released: a result for each, and one that fails spoils no other.</summary>
public static class BidFileOpening
{
    /// <summary>Opens the sections one after the other.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="keys">The wrapped keys that were asked for, of different sections.</param>
    /// <param name="points">The shared points that came back for them, in the same order.</param>
    /// <param name="folder">The folder to make for a section's name.</param>
    /// <param name="progress">Of a section's name.</param>
    /// <param name="cancellation">The section under way leaves nothing behind; those before it stay.</param>
    public static async Task<IReadOnlyList<OpenedSection>> OpenAsync(
        BidFileReader reader, IReadOnlyList<WrappedSectionKey> keys, IReadOnlyList<Point> points, Func<string, string> folder,
        Func<string, IProgress<BidFileProgress>?>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(points.Count, keys.Count);
        var opened = new List<OpenedSection>();
        for (var i = 0; i < keys.Count; i++)
        {
            var name = reader.Header.Sections[keys[i].Section].Name;
            var failure = await TryOpenAsync(reader, keys[i], points[i], folder(name), progress?.Invoke(name), cancellation);
            opened.Add(new OpenedSection(name, failure is null ? OpeningOutcome.Opened : OutcomeOf(failure), failure));
        }
        return opened;
    }

    /// <summary>Of the whole file: open only when every section is; otherwise the first failure's.</summary>
    public static OpeningOutcome OutcomeOf(IReadOnlyList<OpenedSection> sections) =>
        sections.FirstOrDefault(s => s.Outcome != OpeningOutcome.Opened)?.Outcome ?? OpeningOutcome.Opened;

    /// <summary>What a refusal of the file, or of the disk, is in the words of a record.</summary>
    public static OpeningOutcome OutcomeOf(Exception failure) => failure switch
    {
        BidFileException { Fault: BidFileFault.WrongKey } => OpeningOutcome.WrongKey,
        BidFileException { Fault: BidFileFault.Altered or BidFileFault.Truncated or BidFileFault.BadSignature or BidFileFault.NotABidFile } => OpeningOutcome.Altered,
        BidFileException { Fault: BidFileFault.UnsafeName or BidFileFault.Malformed or BidFileFault.TooLarge or BidFileFault.UnknownVersion } => OpeningOutcome.Malformed,
        SectionKeyRefusedException => OpeningOutcome.KeyRefused,
        _ => OpeningOutcome.ReaderFailed,
    };

    private static async Task<Exception?> TryOpenAsync(BidFileReader reader, WrappedSectionKey wrapped, Point point, string folder, IProgress<BidFileProgress>? progress, CancellationToken cancellation)
    {
        var name = reader.Header.Sections[wrapped.Section].Name;
        if (!Sm2Ciphertext.TryParse(wrapped.Ciphertext, out var ciphertext) || !ciphertext!.TryOpen(point, out var key)) return new SectionKeyRefusedException(name);
        try
        {
            if (key.Length != BidFileFormat.KeyLength) return new SectionKeyRefusedException(name);
            await reader.OpenSectionAsync(wrapped.Section, key, folder, progress, cancellation);
            return null;
        }
        catch (Exception e) when (e is BidFileException or IOException or UnauthorizedAccessException)
        {
            return e;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}

/// <summary>The check value of a section's wrapped key does not match what came back for it.</summary>
public sealed class SectionKeyRefusedException(string section) : Exception($"the wrapped key of {section} does not open");
