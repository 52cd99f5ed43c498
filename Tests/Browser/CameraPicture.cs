using QRCoder;
using SkiaSharp;

namespace Bzt.Tests.Browser;

/// <summary>
/// What the browser's camera sees: a file with one uncompressed frame (YUV4MPEG2) that Chromium plays in a loop. It is written over in
/// place, so that a running camera sees the next picture.
/// </summary>
internal sealed class CameraPicture
{
    private const int Width = 640;
    private const int Height = 480;
    private const byte White = 235;
    private const byte Black = 16;

    private static readonly byte[] Header = System.Text.Encoding.ASCII.GetBytes($"YUV4MPEG2 W{Width} H{Height} F5:1 Ip A1:1 C420jpeg\nFRAME\n");

    private readonly byte[] frame = new byte[Header.Length + (Width * Height * 3 / 2)];

    public CameraPicture(string path)
    {
        Path = path;
        Header.CopyTo(frame, 0);
        frame.AsSpan(Header.Length + (Width * Height)).Fill(128);
        Show(null);
    }

    public string Path { get; }

    /// <summary>A wall, or a screen with a QR code on it.</summary>
    public void Show(string? text)
    {
        var luma = frame.AsSpan(Header.Length, Width * Height);
        luma.Fill(text is null ? (byte)110 : White);
        if (text is not null)
        {
            Draw(luma, text);
        }

        Write();
    }

    /// <summary>What stands on another screen: its picture as it is, held before the camera.</summary>
    public void ShowPicture(byte[] png)
    {
        using var picture = SKBitmap.Decode(png);
        var luma = frame.AsSpan(Header.Length, Width * Height);
        luma.Fill(White);
        var size = Math.Min(Height, Height * picture.Width / picture.Height);
        var left = (Width - size) / 2;
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var color = picture.GetPixel(x * picture.Width / size, y * picture.Height / size);
                luma[(y * Width) + left + x] = (byte)(Black + (((color.Red * 77) + (color.Green * 150) + (color.Blue * 29)) * (White - Black) / 65280));
            }
        }

        Write();
    }

    private void Write()
    {
        using var file = new FileStream(Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(frame);
    }

    private static void Draw(Span<byte> luma, string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        // The matrix brings its own quiet zone.
        var modules = code.ModuleMatrix;
        var size = Height / modules.Count;
        var left = (Width - (modules.Count * size)) / 2;
        var top = (Height - (modules.Count * size)) / 2;
        for (var y = 0; y < modules.Count; y++)
        {
            for (var x = 0; x < modules.Count; x++)
            {
                if (modules[y][x])
                {
                    for (var line = 0; line < size; line++)
                    {
                        luma.Slice(((top + (y * size) + line) * Width) + left + (x * size), size).Fill(Black);
                    }
                }
            }
        }
    }
}
