using System.Security.Cryptography;
using System.Text;
using Bzt.Contracts;
using Bzt.Gateway.Problems;

namespace Bzt.Gateway.Platforms;

/// <summary>An Idempotency-Key names what is created, per caller: its own grain then tells a repetition from a conflict.</summary>
internal static class IdempotencyKey
{
    private const int Longest = 100;

    public static ProblemResult Refused => new(ErrorCodes.InvalidRequest) { Detail = "Idempotency-Key 须为 1 至 100 个可见字符" };

    /// <param name="what">The kind of thing.</param>
    /// <param name="key">The header; without it the name is a new one.</param>
    /// <param name="caller">Whose.</param>
    /// <param name="id">The name.</param>
    public static bool TryName(string what, string? key, PlatformCaller caller, out Guid id)
    {
        id = Guid.CreateVersion7();
        if (string.IsNullOrEmpty(key))
        {
            return true;
        }

        if (key.Length > Longest || key.Any(c => c is < '!' or > '~'))
        {
            return false;
        }

        var name = $"bzt/v1/{what}\0{caller.Platform.Value}\0{caller.Grant?.ToolKeyThumbprint}\0{key}";
        id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
        return true;
    }
}
