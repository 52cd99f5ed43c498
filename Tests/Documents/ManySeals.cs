using System.Text;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Protocol.Primitives;

namespace Bzt.Tests.Documents;

/// <summary>Large documents under many good seals, made in one pass: each is digested from where the one before it ended.</summary>
internal static class ManySeals
{
    /// <summary>A page, and beside it one stream that nobody reads, or plain objects that every reader of the structure has to.</summary>
    public static byte[] Document(int streamBytes, int objects = 0, int objectBytes = 0)
    {
        using var file = new MemoryStream();
        var places = new List<long>();
        void Begin(string text)
        {
            places.Add(file.Length);
            file.Write(Encoding.ASCII.GetBytes($"{places.Count} 0 obj {text}"));
        }

        file.Write("%PDF-1.7\n"u8);
        Begin("<</Type/Catalog/Pages 2 0 R>> endobj\n");
        Begin("<</Type/Pages/MediaBox[0 0 595 842]/Count 1/Kids[3 0 R]>> endobj\n");
        Begin("<</Type/Page/Parent 2 0 R>> endobj\n");
        Begin($"<</Length {streamBytes}>> stream\n");
        file.Write(new byte[streamBytes]);
        file.Write("\nendstream endobj\n"u8);
        for (var i = 0; i < objects; i++) Begin($"[{new string('9', 60)} {string.Concat(Enumerable.Repeat("/Name (text) 1 0 R ", objectBytes / 19))}] endobj\n");
        var at = file.Length;
        var rows = string.Concat(places.Select(place => $"{place:D10} 00000 n \n"));
        file.Write(Encoding.ASCII.GetBytes($"xref\n0 1\n0000000000 65535 f \n1 {places.Count}\n{rows}trailer <</Root 1 0 R/Size {places.Count + 1}>>\nstartxref\n{at}\n%%EOF\n"));
        return file.ToArray();
    }

    /// <summary>The document under that many seals, one after the other.</summary>
    public static MemoryStream Seal(byte[] document, TestSigner signer, int seals)
    {
        var file = new MemoryStream();
        file.Write(document);
        var digest = new Sm3().Append(document);
        var time = new DateTimeOffset(2026, 11, 25, 17, 30, 0, TimeSpan.FromHours(8));
        for (var i = 0; i < seals; i++)
        {
            var update = SealUpdate.Build(PdfDocument.Open(file), [], new SignatureFieldInfo(time, signer.Name, "投标"));
            var (gap, end) = ((int)(update.ByteRange[1] - file.Length), (int)(update.ByteRange[2] - file.Length));
            var attributes = CmsSeal.SignedAttributes(digest.Append(update.Bytes.AsSpan(0, gap)).Copy().Append(update.Bytes.AsSpan(end)).Finish(), signer.Certificate, "many.pdf", time);
            Encoding.ASCII.GetBytes(Convert.ToHexString(CmsSeal.Assemble(attributes, signer.Sign(attributes), signer.Certificate, [signer.Root]))).CopyTo(update.Bytes, gap + 1);
            digest.Append(update.Bytes.AsSpan(gap));
            file.Position = file.Length;
            file.Write(update.Bytes);
        }
        return file;
    }
}
