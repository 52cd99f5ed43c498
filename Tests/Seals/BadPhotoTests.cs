using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Bzt.Contracts.Phone;
using Bzt.Grains.Seals;
using Bzt.Silo.Imaging;
using SkiaSharp;

namespace Bzt.Tests.Seals;

/// <summary>Photos nothing good can be made of are refused with the reason; files that are no photos, or traps, are refused before they cost anything.</summary>
public sealed class BadPhotoTests
{
    private static readonly SyntheticPaper Paper = new();
    private static readonly byte[] Photo = new Shot().Take(Paper);

    [Fact]
    public async Task A_blurred_photo_says_so() => await FaultsAsync(new Shot { Blur = 5 }.Take(Paper), SealFault.TooBlurred, SealFault.TooBlurred, SealFault.TooBlurred);

    [Fact]
    public async Task A_dark_photo_says_so() => await FaultsAsync(new Shot { Light = 0.14f, Noise = 3 }.Take(Paper), SealFault.TooDark, SealFault.TooDark, SealFault.TooDark);

    [Fact]
    public async Task A_photo_from_too_far_says_so() =>
        await FaultsAsync(new Shot { Fill = 0.45f }.Take(Paper), SealFault.TooCoarse, SealFault.TooCoarse, SealFault.TooCoarse);

    [Fact]
    public async Task An_empty_form_has_no_seals()
    {
        using var paper = new SyntheticPaper(seals: false, signed: false);
        await FaultsAsync(new Shot { Shadow = 0.4f, ShadowEdge = 20 }.Take(paper), SealFault.NotFound, SealFault.NotFound, SealFault.NotFound);
    }

    [Fact]
    public async Task A_seal_over_its_border_and_one_of_a_wrong_size_say_so()
    {
        using var paper = new SyntheticPaper(enterprise: new PaperStamp(32, 206, 40, 0), legal: new PaperStamp(107, 197, 7, 0));
        await FaultsAsync(new Shot().Take(paper), SealFault.TouchesBorder, SealFault.WrongSize, null);
    }

    [Fact]
    public async Task A_photo_that_ends_in_the_seal_does_not_give_half_of_it() =>
        await FaultsAsync(new Shot { Turn = 180, Aside = (520, 0) }.Take(Paper), SealFault.NotFound, SealFault.NotFound, SealFault.NotFound, marks: false);

    [Fact]
    public async Task What_shows_no_form_has_nothing()
    {
        using var desk = new SKBitmap(1200, 900);
        desk.Erase(new SKColor(0x80, 0x70, 0x60));
        using var jpeg = desk.Encode(SKEncodedImageFormat.Jpeg, 80);
        await FaultsAsync(jpeg.ToArray(), SealFault.NotFound, SealFault.NotFound, SealFault.NotFound, marks: false);
        await FaultsAsync(Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="), SealFault.TooCoarse, SealFault.TooCoarse, SealFault.TooCoarse, marks: false);
    }

    [Fact]
    public async Task Without_marks_the_seals_are_found_by_their_red_and_the_signature_where_the_user_says()
    {
        using var paper = new SyntheticPaper(marks: false);
        var photo = new Shot { Tint = (1, 0.93f, 0.85f) }.Take(paper);
        var extracted = await CutOuts.ExtractAsync(photo);
        Assert.False(extracted.MarksFound);
        // The scale is assumed: as large as such a seal usually is, which it nearly is here.
        var seal = extracted.Of(SealKind.Enterprise).Picture!;
        Assert.InRange(seal.WidthMm, 38, 43);
        Assert.True(CutOuts.Overlap(seal, paper.Truth[SealKind.Enterprise], resize: true) > 0.6);
        Assert.NotNull(extracted.Of(SealKind.LegalRepresentative).Picture);
        Assert.Equal(SealFault.NotFound, extracted.Of(SealKind.Signature).Fault);

        var crop = Crop(SealKind.Signature, photo, 136, 178, 188, 210);
        var signature = (await CutOuts.ExtractAsync(photo, crop)).Of(SealKind.Signature).Picture!;
        Assert.InRange(signature.WidthMm / signature.HeightMm, 1.8, 2.4);
    }

    [Fact]
    public async Task The_user_can_say_where_a_seal_is()
    {
        using var paper = new SyntheticPaper(enterprise: new PaperStamp(60, 150, 40, 0));
        var photo = new Shot { Turn = 5, Slant = 0.05f }.Take(paper);
        Assert.NotNull((await CutOuts.ExtractAsync(photo)).Of(SealKind.Enterprise).Fault);

        // Drawn roughly around it, in the photo's own coordinates.
        var cut = (await CutOuts.ExtractAsync(photo, Around(photo, SealKind.Enterprise, 60, 150, 30))).Of(SealKind.Enterprise);
        Assert.True(cut.Picture is not null, $"{cut.Fault}");
        Assert.True(CutOuts.Overlap(cut.Picture, paper.Truth[SealKind.Enterprise]) > 0.6);
        Assert.Equal(SealFault.NotFound, (await CutOuts.ExtractAsync(photo, Around(photo, SealKind.Enterprise, 60, 60, 10))).Of(SealKind.Enterprise).Fault);
        Assert.NotNull((await CutOuts.ExtractAsync(photo, new SealCrop(SealKind.Enterprise, [new(0, 0), new(0, 0), new(0, 0), new(0, 0)]))).Of(SealKind.Enterprise).Fault);
        Assert.NotNull((await CutOuts.ExtractAsync(photo, new SealCrop(SealKind.Enterprise, [new(0, 0), new(1, 1), new(1, 0), new(0, 1)]))).Of(SealKind.Enterprise).Fault);
    }

    [Fact]
    public async Task The_same_photo_gives_the_same_pictures_and_nothing_of_its_metadata()
    {
        var withMetadata = WithExif(Photo, orientation: 1, "GPS 30.70,111.28 Camera of Wang Xiaoming");
        var (first, second) = (await CutOuts.ExtractAsync(Photo), await CutOuts.ExtractAsync(withMetadata));
        foreach (var kind in Enum.GetValues<SealKind>())
        {
            Assert.Equal(first.Of(kind).Picture!.Png, second.Of(kind).Picture!.Png);
            Assert.All(Chunks(second.Of(kind).Picture!.Png), chunk => Assert.Contains(chunk, (string[])["IHDR", "sRGB", "sBIT", "IDAT", "IEND"]));
        }
    }

    [Fact]
    public async Task A_photo_is_turned_upright_before_anything_else()
    {
        // Stored on its side, to be shown turned by a quarter; corners are those of what is shown.
        var photo = WithExif(new Shot { Width = 2200, Height = 1650, Turn = 270 }.Take(Paper), orientation: 6, "x");
        var cut = (await CutOuts.ExtractAsync(photo, new SealCrop(SealKind.Enterprise, [new(0.07, 0.57), new(0.42, 0.57), new(0.42, 0.83), new(0.07, 0.83)]))).Of(SealKind.Enterprise);
        Assert.True(cut.Picture is not null, $"{cut.Fault}");
        Assert.True(CutOuts.Overlap(cut.Picture, Paper.Truth[SealKind.Enterprise]) > 0.6);
    }

    [Fact]
    public async Task Files_that_are_no_photos_are_unreadable()
    {
        using var gif = new MemoryStream([.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, 0x3B]);
        byte[][] files =
        [
            [], "%PDF-1.7 1 0 obj"u8.ToArray(), "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), gif.ToArray(), RandomNumberGenerator.GetBytes(10_000),
            [0xFF, 0xD8, 0xFF], [0xFF, 0xD8, 0xFF, .. RandomNumberGenerator.GetBytes(10_000)], Png(100, 100, RandomNumberGenerator.GetBytes(1000)),
        ];
        foreach (var file in files)
        {
            Assert.IsType<SealExtraction.Unreadable>(await ExtractAsync(file));
        }

        // Cut short anywhere.
        foreach (var part in (double[])[0.001, 0.01, 0.2, 0.6, 0.95])
        {
            Assert.IsType<SealExtraction.Unreadable>(await ExtractAsync(Photo[..(int)(Photo.Length * part)]));
        }
    }

    [Fact]
    public async Task A_picture_of_too_many_pixels_is_not_unpacked()
    {
        Assert.IsNotType<SealExtraction.Extracted>(await ExtractAsync(Png(30_000, 30_000, Zeros(1000))));
        Assert.IsType<SealExtraction.TooLarge>(await ExtractAsync(HugePng()));
        Assert.IsType<SealExtraction.TooLarge>(await ExtractAsync(Png(25_000, 10, Zeros(25_000 * 31))));
        var jpeg = Photo.ToArray();
        var frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0, (byte)0, (byte)17]);
        BinaryPrimitives.WriteUInt32BigEndian(jpeg.AsSpan(frame + 5), 0xF000F000);
        Assert.IsType<SealExtraction.TooLarge>(await ExtractAsync(jpeg));
    }

    [Fact]
    public async Task What_else_a_file_is_does_not_matter()
    {
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("index.html").Open();
            entry.Write("<script>alert(1)</script>"u8);
        }

        byte[] polyglot = [.. Photo, .. archive.ToArray()];
        var (plain, both) = (await CutOuts.ExtractAsync(Photo), await CutOuts.ExtractAsync(polyglot));
        Assert.Equal(plain.Of(SealKind.Enterprise).Picture!.Png, both.Of(SealKind.Enterprise).Picture!.Png);
    }

    private static async Task FaultsAsync(byte[] photo, SealFault? enterprise, SealFault? legal, SealFault? signature, bool marks = true)
    {
        var extracted = await CutOuts.ExtractAsync(photo);
        Assert.Equal(marks, extracted.MarksFound);
        Assert.Equal((enterprise, legal, signature), (extracted.Of(SealKind.Enterprise).Fault, extracted.Of(SealKind.LegalRepresentative).Fault, extracted.Of(SealKind.Signature).Fault));
    }

    private static Task<SealExtraction> ExtractAsync(byte[] file) => new SealExtractor(TestPapers.Queue).ExtractAsync(file, []);

    /// <summary>Places on the paper, in a photo that was found by its marks.</summary>
    internal static SealCrop Around(byte[] photo, SealKind kind, double x, double y, double half)
    {
        Assert.Equal(Silo.Imaging.Photo.Decoding.Done, Silo.Imaging.Photo.TryDecode(photo, out var decoded));
        var view = CornerMarks.Find(decoded)!.ToPhoto;
        return new SealCrop(kind, [.. ((double X, double Y)[])[(-1, -1), (1, -1), (1, 1), (-1, 1)] is var signs
            ? signs.Select(sign => view.Map(x + (sign.X * half), y + (sign.Y * half))).Select(spot => new PhotoPoint(spot.X / decoded.Width, spot.Y / decoded.Height))
            : []]);
    }

    /// <summary>In a photo taken straight: the paper lies in its middle.</summary>
    private static SealCrop Crop(SealKind kind, byte[] photo, double left, double top, double right, double bottom)
    {
        Assert.Equal(Silo.Imaging.Photo.Decoding.Done, Silo.Imaging.Photo.TryDecode(photo, out var decoded));
        var scale = Math.Min(decoded.Width / 210.0, decoded.Height / 297.0) * 0.94;
        PhotoPoint At(double x, double y) => new(0.5 + ((x - 105) * scale / decoded.Width), 0.5 + ((y - 148.5) * scale / decoded.Height));
        return new SealCrop(kind, [At(left, top), At(right, top), At(right, bottom), At(left, bottom)]);
    }

    private static byte[] WithExif(byte[] jpeg, ushort orientation, string description)
    {
        var text = System.Text.Encoding.ASCII.GetBytes(description + "\0");
        var tiff = new byte[8 + 2 + 24 + 4 + text.Length];
        "MM\0*\0\0\0\u0008"u8.CopyTo(tiff);
        BinaryPrimitives.WriteUInt16BigEndian(tiff.AsSpan(8), 2);
        Entry(10, 0x010E, 2, (uint)text.Length, 38);
        Entry(22, 0x0112, 3, 1, (uint)orientation << 16);
        text.CopyTo(tiff, 38);
        byte[] body = [.. "Exif\0\0"u8, .. tiff];
        return [0xFF, 0xD8, 0xFF, 0xE1, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body, .. jpeg.AsSpan(2)];

        void Entry(int at, ushort tag, ushort type, uint count, uint value)
        {
            BinaryPrimitives.WriteUInt16BigEndian(tiff.AsSpan(at), tag);
            BinaryPrimitives.WriteUInt16BigEndian(tiff.AsSpan(at + 2), type);
            BinaryPrimitives.WriteUInt32BigEndian(tiff.AsSpan(at + 4), count);
            BinaryPrimitives.WriteUInt32BigEndian(tiff.AsSpan(at + 8), value);
        }
    }

    private static IEnumerable<string> Chunks(byte[] png)
    {
        for (var at = 8; at < png.Length; at += 12 + (int)BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at)))
        {
            yield return System.Text.Encoding.ASCII.GetString(png, at + 4, 4);
        }
    }

    /// <summary>Forty-nine million pixels of nothing: small as a file.</summary>
    internal static byte[] HugePng() => Png(7000, 7000, Zeros(7000 * ((7000 * 3) + 1)));

    private static byte[] Zeros(int length)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var block = new byte[64 * 1024];
            for (var left = length; left > 0; left -= block.Length)
            {
                zlib.Write(block, 0, Math.Min(left, block.Length));
            }
        }

        return packed.ToArray();
    }

    /// <summary>An RGB PNG that says it is so large, whatever its data.</summary>
    private static byte[] Png(int width, int height, byte[] data)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        return [0x89, .. "PNG\r\n\u001A\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, data), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] chunk = [0, 0, 0, 0, .. type, .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        var crc = 0xFFFFFFFF;
        foreach (var octet in chunk.AsSpan(4, data.Length + 4))
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), ~crc);
        return chunk;
    }
}
