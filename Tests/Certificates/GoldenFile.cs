using System.Runtime.CompilerServices;

namespace Bzt.Tests.Certificates;

/// <summary>What a release wrote once and every later one must still read. Never regenerated for a version that was released.</summary>
internal static class GoldenFile
{
    public static string Read(string name) => File.ReadAllText(PathOf(name));

    public static string PathOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Golden", name);
}
