using System.Security.Cryptography;
using Bzt.Simulators.BankCards;

namespace Bzt.Simulators.Licences;

/// <summary>What stands on a licence; null for what cannot be read.</summary>
public sealed record LicenceText(string? EnterpriseName, string? CreditCode, string? LegalRepresentative);

/// <param name="Digest">SHA-256 of the picture, hexadecimal.</param>
/// <param name="Text">Null: not readable.</param>
/// <param name="At">When it was asked first.</param>
public sealed record LicenceRead(string RequestId, string Digest, LicenceText? Text, DateTimeOffset At);

/// <summary>A reader that does not look: the next readings say what its operator has entered, any other says what the picture's octets make up.</summary>
sealed class LicenceSimulator(SimulatorState state, TimeProvider time)
{
    const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// <summary>What the next new picture shall show, first come first served.</summary>
    public void ShowNext(LicenceText text) => state.Change(world =>
    {
        world.NextLicences.Add(text);
        return text;
    });

    /// <summary>Null when the request id stands for another picture. The same request is answered, and charged, once.</summary>
    public LicenceRead? Read(string requestId, byte[] picture, bool readable) => state.Change(world =>
    {
        var digest = SHA256.HashData(picture);
        var hex = Convert.ToHexStringLower(digest);
        if (world.LicenceReads.TryGetValue(requestId, out var earlier))
        {
            return earlier.Digest == hex ? earlier : null;
        }

        LicenceText? text = null;
        if (readable && world.NextLicences is [var next, ..])
        {
            world.NextLicences.RemoveAt(0);
            text = next;
        }
        else if (readable)
        {
            text = MadeUp((BitConverter.ToInt32(digest) & 0xFFFF) + 1);
        }

        return world.LicenceReads[requestId] = new LicenceRead(requestId, hex, text, time.GetUtcNow());
    });

    public IReadOnlyList<LicenceRead> Newest(int count) => state.Read<IReadOnlyList<LicenceRead>>(world => [.. world.LicenceReads.Values.OrderByDescending(read => read.At).Take(count)]);

    public IReadOnlyList<LicenceText> Waiting() => state.Read<IReadOnlyList<LicenceText>>(world => [.. world.NextLicences]);

    static LicenceText MadeUp(int number)
    {
        var body = $"91420000MX{number:D7}";
        return new($"模拟第{number}建设工程有限公司", body + CheckCharacter(body), TestPerson.Get(number).Name);
    }

    // GB 32100: weights 3^i mod 31.
    static char CheckCharacter(string body)
    {
        var (sum, weight) = (0, 1);
        foreach (var character in body)
        {
            sum += Alphabet.IndexOf(character) * weight;
            weight = weight * 3 % 31;
        }

        return Alphabet[(31 - (sum % 31)) % 31];
    }
}
