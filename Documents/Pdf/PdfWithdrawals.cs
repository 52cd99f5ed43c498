using Bzt.Documents.Seals;

namespace Bzt.Documents.Pdf;

/// <summary>
/// Statements that seals are withdrawn, in the document itself. What was sealed stays as it is, other seals too: an incremental update appends the statement and
/// the catalogue names it (a private name, ISO 32000-1, annex E). Whoever cuts the update off has a file without the statement; the service still knows.
/// </summary>
public static class PdfWithdrawals
{
    internal const string CatalogueKey = "BZT_SealWithdrawals";

    private const int LargestStatement = 16 * 1024;
    private const int MostStatements = 100;
    private const int BufferSize = 256 * 1024;

    /// <summary>Appends a statement. The output appears under its name only when it is whole; it may be the input.</summary>
    /// <exception cref="PdfRefusedException">The document cannot be extended.</exception>
    public static async Task AppendAsync(string inputPath, string outputPath, SealWithdrawalStatement statement, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var partial = $"{Path.GetFullPath(outputPath)}.{Guid.NewGuid():N}.withdrawing";
        try
        {
            await using (var input = new FileStream(inputPath, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.Asynchronous))
            await using (var output = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous))
            {
                var update = Update(PdfDocument.Open(input), statement);
                input.Position = 0;
                await input.CopyToAsync(output, BufferSize, cancellation);
                await output.WriteAsync(update, cancellation);
                output.Flush(flushToDisk: true);
            }

            File.Move(partial, outputPath, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>The statements of a document, as far as they can be read.</summary>
    internal static IEnumerable<SealWithdrawalStatement> Read(PdfDocument document)
    {
        if (document.Resolve(document.Catalog[CatalogueKey]) is not PdfArray { Items: var items })
        {
            yield break;
        }

        foreach (var item in items.Take(MostStatements))
        {
            // Plain, as it was written: nothing of a private entry is worth decoding.
            if (document.Resolve(item) is PdfStream stream && !stream.Dictionary.TryGet("Filter", out _)
                && document.Resolve(stream.Dictionary["Length"]) is PdfNumber number && number.TryInteger(out var length) && length is > 0 and <= LargestStatement
                && SealWithdrawalStatement.TryRead(document.Raw(stream.Offset, (int)length)) is { } statement)
            {
                yield return statement;
            }
        }
    }

    private static byte[] Update(PdfDocument document, SealWithdrawalStatement statement)
    {
        if (PdfPermissions.ForbidsChange(document)) throw new PdfRefusedException(PdfRefusal.ChangesForbidden, "certified with DocMDP 1");
        var writer = new PdfWriter(document.Length, document.Xref.NextNumber);
        writer.Text("\n");
        var stream = writer.Allocate();
        writer.Stream(stream, new PdfDictionary([new("Type", new PdfName("BZT_SealWithdrawal"))]), statement.Encode());
        var statements = document.Resolve(document.Catalog[CatalogueKey]) as PdfArray ?? new PdfArray();
        writer.Object(document.CatalogReference, document.Catalog.With(CatalogueKey, statements.With(stream)));
        writer.Finish(document.Xref.Newest, Guid.NewGuid().ToByteArray());
        return writer.ToArray();
    }
}

/// <summary>What the statements of a document withdraw: asked once for each seal, however many fields show it.</summary>
internal sealed class KnownWithdrawals(IReadOnlyList<SealWithdrawalStatement> statements, IReadOnlyList<byte[]> roots, IReadOnlyList<byte[]> known)
{
    private readonly Dictionary<string, string?> reasons = [];

    /// <summary>The reason; null when none withdraws it.</summary>
    public string? Of(byte[] sealId, byte[] certificate)
    {
        var seal = Convert.ToHexString([.. sealId, .. certificate]);
        if (!reasons.TryGetValue(seal, out var reason))
        {
            reasons[seal] = reason = statements.Select(statement => statement.Withdraws(sealId, certificate, roots, known)).FirstOrDefault(one => one is not null);
        }

        return reason;
    }
}
