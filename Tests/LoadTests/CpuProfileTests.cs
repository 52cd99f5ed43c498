using Bzt.LoadTests.Flows;

namespace Bzt.Tests.LoadTests;

public sealed class CpuProfileTests
{
    [Fact]
    public async Task A_sample_goes_to_the_part_nearest_to_the_processor()
    {
        const string Script = """
            .NET TP Worker
            	    7f01 instance void [System.Text.Json] System.Text.Json.Utf8JsonWriter::WriteString() (/tmp/perf-1.map)
            	    7f02 instance void [Bzt.Silo] Bzt.Silo.Storage.StateSerializer::Serialize() (/tmp/perf-1.map)

            .NET TP Worker
            	    7f03 [unknown] (/usr/lib/libcrypto.so.3)
            	    7f04 bool [Bzt.Gateway] Bzt.Gateway.Phones.DeviceKeys::Verify() (/tmp/perf-1.map)

            .NET TP Worker
            	    ffff finish_task_switch ([kernel.kallsyms])

            .NET Server GC
            	    7f05 [unknown] (/usr/share/dotnet/libcoreclr.so)

            sqlite-writer
            	    ffff iowrite16 ([kernel.kallsyms])

            .NET TP Worker
            	    7f06 instance void [Orleans.Runtime] Orleans.Runtime.MessageCenter::SendMessage() (/tmp/perf-1.map)
            	    7f07 instance void [Bzt.Gateway] Bzt.Gateway.Sessions.ScanEndpoint::HandleAsync() (/tmp/perf-1.map)


            """;
        using var script = new StringReader(Script);
        var parts = new List<string>();
        await foreach (var part in CpuProfile.PartsAsync(script, TestContext.Current.CancellationToken))
        {
            parts.Add(part);
        }

        Assert.Equal(
            ["JSON", "DPoP and device tokens", "runtime, thread pool, kernel, without a caller of ours", "garbage collector", "storage", "Orleans"], parts);
    }
}
