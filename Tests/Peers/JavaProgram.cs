namespace Bzt.Tests.Peers;

/// <summary>A small Java program of this folder on the libraries of Debian's packages, compiled once a run.</summary>
internal sealed class JavaProgram(string name, params string[] jars)
{
    private readonly Lazy<Task<string>> classPath = new(() => CompileAsync(name, jars));

    public async Task<PeerResult> RunAsync(params IEnumerable<string> arguments) => (await PeerProcess.Run(
        "java", ["-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", await classPath.Value, name, .. arguments])).OrFail();

    private static async Task<string> CompileAsync(string name, string[] jars)
    {
        var files = jars.Select(jar => "/usr/share/java/" + jar).ToArray();
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new FileNotFoundException($"{missing} is missing: Debian's libpdfbox2-java and libbcpkix-java; ./test.sh installs them.");
        }

        var classes = Directory.CreateTempSubdirectory("bzt-java-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(classes, recursive: true);
        var path = string.Join(':', files);
        (await PeerProcess.Run("javac", ["-encoding", "UTF-8", "-cp", path, "-d", classes, Path.Combine(PeerProcess.Sources("java"), name + ".java")])).OrFail();
        return $"{classes}:{path}";
    }
}
