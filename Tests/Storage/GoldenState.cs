using System.Runtime.CompilerServices;
using System.Text;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;

namespace Bzt.Tests.Storage;

/// <summary>
/// Golden files of stored states, <c>Tests/Storage/golden/NAME.json</c>: a first line <c>B version flags</c>, then the JSON as stored.
/// <code>
/// GoldenState.Verify("certificate-v1", state);       // today's form: reads as that state, and is written as exactly that file
/// GoldenState.Loads("certificate-v0", state);        // an old release's form: reads as that state through the upcasters
/// </code>
/// A file that is missing is written, and the test fails that once; commit it. A file of a release is never edited.
/// </summary>
public static class GoldenState
{
    public static void Verify<T>(string name, T state, params IStateUpcaster[] upcasters)
    {
        var serializer = new StateSerializer(upcasters);
        var stored = ToText(serializer.Serialize(state).ToMemory().Span);
        var file = FileOf(name);
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, stored);
            Assert.Fail($"{file} is new. Read it, commit it, and run the test again.");
        }

        Assert.Equal(File.ReadAllText(file), stored);
        Loads(name, state, upcasters);
    }

    public static void Loads<T>(string name, T state, params IStateUpcaster[] upcasters)
    {
        var serializer = new StateSerializer(upcasters);
        var loaded = serializer.Deserialize<T>(new BinaryData(ToBytes(File.ReadAllText(FileOf(name)))));
        // Compared as stored: it covers every member, also where the type has no equality.
        Assert.Equal(ToText(serializer.Serialize(state).ToMemory().Span), ToText(serializer.Serialize(loaded).ToMemory().Span));
    }

    private static string ToText(ReadOnlySpan<byte> stored) =>
        $"{(char)stored[0]} {stored[1]} {stored[2]}\n{Encoding.UTF8.GetString(stored[StateSerializer.HeaderLength..])}\n";

    private static byte[] ToBytes(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var header = text[..end].Split(' ');
        return [(byte)header[0][0], byte.Parse(header[1]), byte.Parse(header[2]), .. Encoding.UTF8.GetBytes(text[(end + 1)..].TrimEnd('\n'))];
    }

    private static string FileOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "golden", $"{name}.json");
}
