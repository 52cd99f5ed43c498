using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace Bzt.Grains.Accounts.Passwords;

/// <summary>
/// Login passwords under Argon2id (RFC 9106), stored as PHC strings: <c>$argon2id$v=19$m=…,t=…,p=…$salt$tag</c>.
/// </summary>
/// <remarks>
/// The cost is OWASP's first choice: 19 MiB, two passes, one lane. It runs beside the grains' turns, as many at once as there are cores and no more
/// than 64 queued behind them, so that a flood of logins costs at most cores × 19 MiB and everybody else's grains go on.
/// </remarks>
public sealed class PasswordHashing(int mostWaiting = 64) : IDisposable
{
    private const int MemoryKiB = 19 * 1024;
    private const int Passes = 2;
    private const int Lanes = 1;
    private const int SaltLength = 16;
    private const int TagLength = 32;

    /// <summary>Verified in the place of a password that is not there, so that both take the same work.</summary>
    private static readonly string Nobodys = Format(new Cost(MemoryKiB, Passes, Lanes), new byte[SaltLength], new byte[TagLength]);

    private readonly SemaphoreSlim slots = new(Environment.ProcessorCount);
    private int waiting;

    /// <summary>Null: too many are waiting, ask again in a moment.</summary>
    public async Task<string?> HashAsync(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        var cost = new Cost(MemoryKiB, Passes, Lanes);
        return await ComputeAsync(cost, salt, TagLength, password) is { } tag ? Format(cost, salt, tag) : null;
    }

    /// <param name="password">As typed.</param>
    /// <param name="phc">What is stored; null when there is none, which takes as long and is never right.</param>
    /// <returns>Null: too many are waiting, ask again in a moment.</returns>
    public async Task<bool?> VerifyAsync(string password, string? phc)
    {
        if (!TryParse(phc ?? Nobodys, out var cost, out var salt, out var expected))
        {
            throw new CryptographicException("A stored password is not a PHC string of Argon2id.");
        }

        return await ComputeAsync(cost, salt, expected.Length, password) is { } tag
            ? CryptographicOperations.FixedTimeEquals(tag, expected) && phc is not null
            : null;
    }

    public void Dispose() => slots.Dispose();

    private async Task<byte[]?> ComputeAsync(Cost cost, byte[] salt, int length, string password)
    {
        if (Interlocked.Increment(ref waiting) > mostWaiting)
        {
            Interlocked.Decrement(ref waiting);
            return null;
        }

        try
        {
            await slots.WaitAsync();
            try
            {
                return await Task.Run(() => Compute(cost, salt, length, password));
            }
            finally
            {
                slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private static byte[] Compute(Cost cost, byte[] salt, int length, string password)
    {
        // One form for what keyboards write in several (RFC 8265 OpaqueString).
        var octets = Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormC));
        var tag = new byte[length];
        var argon2 = new Argon2BytesGenerator();
        argon2.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id)
            .WithVersion(Argon2Parameters.Version13).WithSalt(salt).WithMemoryAsKB(cost.MemoryKiB).WithIterations(cost.Passes).WithParallelism(cost.Lanes).Build());
        argon2.GenerateBytes(octets, tag);
        CryptographicOperations.ZeroMemory(octets);
        return tag;
    }

    private static string Format(Cost cost, byte[] salt, byte[] tag) => string.Create(
        CultureInfo.InvariantCulture, $"$argon2id$v=19$m={cost.MemoryKiB},t={cost.Passes},p={cost.Lanes}${Base64(salt)}${Base64(tag)}");

    private static bool TryParse(string phc, out Cost cost, out byte[] salt, out byte[] tag)
    {
        (cost, salt, tag) = (default, [], []);
        if (phc.Split('$') is not ["", "argon2id", "v=19", var parameters, var saltText, var tagText]
            || parameters.Split(',') is not [['m', '=', .. var memory], ['t', '=', .. var passes], ['p', '=', .. var lanes]]
            || !TryRead(memory, out var m) || !TryRead(passes, out var t) || !TryRead(lanes, out var p))
        {
            return false;
        }

        cost = new Cost(m, t, p);
        salt = Convert.FromBase64String(Padded(saltText));
        tag = Convert.FromBase64String(Padded(tagText));
        return true;
    }

    private static bool TryRead(string digits, out int number) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    // PHC strings use base64 without padding.
    private static string Base64(byte[] octets) => Convert.ToBase64String(octets).TrimEnd('=');

    private static string Padded(string base64) => base64.PadRight((base64.Length + 3) / 4 * 4, '=');

    private readonly record struct Cost(int MemoryKiB, int Passes, int Lanes);
}
