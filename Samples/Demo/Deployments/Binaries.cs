namespace Bzt.Samples.Demo;

/// <summary>Where the other programs of this build lie: beside this one in the repository, same configuration.</summary>
internal static class Binaries
{
    private static readonly string Configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    public static string Repository { get; } = FindRepository();

    public static string Gateway => GatewayOf(null);

    public static string Silo => SiloOf(null);

    public static string Simulators => Of("Simulators", "Bzt.Simulators");

    public static string TradingPlatform => Of("Samples/TradingPlatform", "Bzt.Samples.TradingPlatform");

    public static string BidTool => Of("BidTool", "bidtool");

    /// <summary>As operators run it: published, compiled ahead.</summary>
    public static string PublishedGateway => Published("Bzt.Gateway");

    /// <inheritdoc cref="PublishedGateway"/>
    public static string PublishedSilo => Published("Bzt.Silo");

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

    /// <summary>The gateway's folder holds the silo too, since the embedded form is both in one.</summary>
    private static string Published(string assembly)
    {
        var path = Path.Combine(Repository, "out/cluster", assembly + ".dll");
        return File.Exists(path) ? path : throw new DemoException("The cluster is not published; ./run.sh build-cluster does it.");
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
