using Bzt.Samples.Demo;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Deploy;

/// <summary>A cluster that was published before its sources were edited is not taken for theirs.</summary>
public sealed class PublishedTests
{
    [Fact]
    public void A_source_written_after_the_stamp_is_found_and_what_a_build_writes_is_none()
    {
        using var repository = new TemporaryFolder();
        var taken = new DateTime(2026, 5, 1, 8, 0, 0, DateTimeKind.Utc);
        string Written(string name, DateTime at)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(repository[name])!);
            File.WriteAllText(repository[name], "global.json Silo Gateway\nSilo/Program.cs 1 1\n");
            File.SetLastWriteTimeUtc(repository[name], at);
            return repository[name];
        }

        var stamp = Written("out/cluster/.stamp", taken);
        Written("global.json", taken.AddDays(-1));
        Written("Silo/Program.cs", taken.AddDays(-1));
        Written("Gateway/Pages/Page.razor", taken.AddDays(-1));
        Written("Silo/obj/Release/Silo.cs", taken.AddDays(1));
        Written("Gateway/bin/Release/Gateway.dll", taken.AddDays(1));
        Written("Tests/OfOthers.cs", taken.AddDays(1));
        Assert.Null(Binaries.NewerThanStamp(stamp, repository.FullName));

        Written("Gateway/Pages/Page.razor", taken.AddSeconds(1));
        Assert.Equal("Gateway/Pages/Page.razor", Binaries.NewerThanStamp(stamp, repository.FullName));
        Written("Gateway/Pages/Page.razor", taken.AddDays(-1));
        Written("global.json", taken.AddSeconds(1));
        Assert.Equal("global.json", Binaries.NewerThanStamp(stamp, repository.FullName));
    }
}
