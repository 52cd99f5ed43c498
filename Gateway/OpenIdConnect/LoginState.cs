using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Bzt.Contracts.Platforms;
using QRCoder;

namespace Bzt.Gateway.OpenIdConnect;

/// <param name="Link">The code's content, for a browser that runs on the phone itself.</param>
/// <param name="Qr">Null once somebody has scanned: nothing scannable stays on the screen.</param>
internal sealed record LoginState(SessionState State, SessionEnd? End, int SecondsLeft, string? Link, QrPath? Qr);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(SnakeCaseEnum<SessionState>), typeof(SnakeCaseEnum<SessionEnd>)])]
[JsonSerializable(typeof(LoginState))]
internal sealed partial class LoginJson : JsonSerializerContext;

internal sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower) where T : struct, Enum;

/// <summary>A QR code as one path of an SVG, a unit a module; the page's script sets it as an attribute and never as markup.</summary>
internal sealed record QrPath(int Size, string Path)
{
    public static QrPath Of(string content)
    {
        using var generator = new QRCodeGenerator();
        // The matrix comes with its quiet zone of four modules.
        using var code = generator.CreateQrCode(content, QRCodeGenerator.ECCLevel.M);
        var matrix = code.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < matrix.Count; y++)
        {
            for (var x = 0; x < matrix.Count; x++)
            {
                var start = x;
                while (x < matrix.Count && matrix[y][x])
                {
                    x++;
                }

                if (x > start)
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1h-{x - start}z");
                }
            }
        }

        return new QrPath(matrix.Count, path.ToString());
    }
}
