namespace Bzt.Samples.Demo;

/// <summary>Where the other programs of this build lie: beside this one in the repository, same configuration.</summary>
internal static class Binaries
{
    private static readonly Lazy<string> PublishedFolder = new(FindPublished);

    private static readonly string Configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    public static string Repository { get; } = FindRepository();

    public static string Gateway => GatewayOf(null);

    public static string Silo => SiloOf(null);

    public static string Simulators => Of("Simulators", "Bzt.Simulators");

    public static string TradingPlatform => Of("Samples/TradingPlatform", "Bzt.Samples.TradingPlatform");

    public static string BidTool => Of("BidTool", "bidtool");

    /// <summary>As operators run it: published, compiled ahead.</summary>
    public static string PublishedGateway => Path.Combine(PublishedFolder.Value, "Bzt.Gateway.dll");

    /// <summary>In the gateway's folder, since the embedded form is both in one.</summary>
    public static string PublishedSilo => Path.Combine(PublishedFolder.Value, "Bzt.Silo.dll");

    public static string PhoneApp => Path.Combine(Repository, "out/app/wwwroot");

    /// <param name="clone">Another clone that is built; without one, this.</param>
    public static string GatewayOf(string? clone) => Of("Gateway", "Bzt.Gateway", clone);

    /// <inheritdoc cref="GatewayOf"/>
    public static string SiloOf(string? clone) => Of("Silo", "Bzt.Silo", clone);

    private static string Of(string project, string assembly, string? clone = null)
    {
        var path = Path.Combine(clone ?? Repository, project, "bin", Configuration, "net10.0", assembly + ".dll");
        return File.Exists(path) ? path : throw new DemoException($"{project} is not built; ./run.sh builds it.");
    }

    private static string FindPublished()
    {
        var folder = Path.Combine(Repository, "out/cluster");
        var stamp = Path.Combine(folder, ".stamp");
        return new FileInfo(stamp) is not { Exists: true, Length: > 0 } ? throw new DemoException("The cluster is not published; ./run.sh build-cluster does it.")
            : NewerThanStamp(stamp, Repository) is { } source ? throw new DemoException($"{source} is newer than the published cluster; ./run.sh build-cluster publishes it anew.")
            : folder;
    }

    /// <summary>A source that was written after run.sh took the stamp of what it published, whose first line names files and folders.</summary>
    internal static string? NewerThanStamp(string stamp, string repository)
    {
        var taken = File.GetLastWriteTimeUtc(stamp);
        var files = File.ReadLines(stamp).First().Split(' ').Select(source => Path.Combine(repository, source))
            .SelectMany(source => Directory.Exists(source) ? Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories) : [source])
            .Select(file => Path.GetRelativePath(repository, file));
        return files.FirstOrDefault(file => !file.Split('/').Any(part => part is "bin" or "obj") && File.GetLastWriteTimeUtc(Path.Combine(repository, file)) > taken);
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BztCluster.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DemoException("This program runs from a clone of the repository; ./run.sh starts it.");
    }
}
