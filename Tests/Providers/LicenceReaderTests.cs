using Bzt.Grains.Enterprises;
using Bzt.Grains.Providers.Licences;
using Bzt.Simulators;
using Bzt.Simulators.Licences;
using Bzt.Tests.Simulators;

namespace Bzt.Tests.Providers;

public sealed class LicenceReaderTests
{
    private static readonly byte[] Picture = [0xFF, 0xD8, 0xFF, 0xE0, 1];
    private static readonly byte[] Another = [0xFF, 0xD8, 0xFF, 0xE0, 2];

    private static Task<LicenceReading> ReadAsync(ILicenceReader reader, byte[] picture, string requestId = "r") => reader.ReadAsync(picture, "image/jpeg", requestId);

    [Fact]
    public async Task What_stands_on_it_is_read_the_same_under_one_id_and_charged_once()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var reader = simulators.Adapter<ILicenceReader>();
        await simulators.Control.ShowLicenceAsync(new("宜昌某某有限公司", " 91420500MA0000001X ", null));
        await simulators.Control.SteerAsync("licence", new(Disturbance.Silence));
        Assert.IsType<LicenceReading.Unavailable>(await ReadAsync(reader, Picture));
        var read = new LicenceReading.Read("宜昌某某有限公司", "91420500MA0000001X", null);
        Assert.Equal(read, await ReadAsync(reader, Picture));
        Assert.Equal(read, await ReadAsync(reader, Picture));
        Assert.Equal(new LicenceReading.Unavailable("REQUEST_CONFLICT"), await ReadAsync(reader, Another));
        Assert.Equal(1, (await simulators.Control.ChecksMadeAsync()).Licences);

        // Nobody has said what the next one shows.
        var madeUp = Assert.IsType<LicenceReading.Read>(await ReadAsync(reader, Another, "another"));
        Assert.True(CreditCodes.TryParse(madeUp.CreditCode, out _));
    }

    [Fact]
    public async Task What_is_no_text_is_left_out_and_nothing_at_all_is_not_readable()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var reader = simulators.Adapter<ILicenceReader>();
        await simulators.Control.ShowLicenceAsync(new(new string('长', 201), "  ", "李\u0007四"));
        Assert.IsType<LicenceReading.NotReadable>(await ReadAsync(reader, Picture, "no text"));
        await simulators.Control.ShowLicenceAsync(new("宜昌\u202E某某有限公司", null, "李四"));
        Assert.Equal(new LicenceReading.Read(null, null, "李四"), await ReadAsync(reader, Picture, "turned round"));
        await simulators.Control.SteerAsync("licence", new(Disturbance.Fail, "NOT_READABLE"));
        Assert.IsType<LicenceReading.NotReadable>(await ReadAsync(reader, Picture, "no licence"));
        await simulators.Control.SteerAsync("licence", new(Disturbance.Fail, "SYSTEM_BUSY"));
        Assert.Equal(new LicenceReading.Unavailable("HTTP 503"), await ReadAsync(reader, Picture, "busy"));
    }

    [Fact]
    public async Task Keys_clocks_garbage_impostors_and_no_endpoint()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        Assert.Equal(
            new LicenceReading.Unavailable("SIGNATURE_INVALID"),
            await ReadAsync(simulators.Adapter<ILicenceReader>(null, ("Providers:LicenceReader:Secret", new string('0', 64))), Picture));
        var clock = RunningSimulators.Clock();
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(new LicenceReading.Unavailable("TIMESTAMP_SKEWED"), await ReadAsync(simulators.Adapter<ILicenceReader>(clock), Picture));
        await simulators.Control.SteerAsync("licence", new(Disturbance.Garbage));
        Assert.Equal(new LicenceReading.Unavailable("answer without a valid signature"), await ReadAsync(simulators.Adapter<ILicenceReader>(), Picture));
        await using var impostor = await Impostor.StartAsync("""{"requestId":"r","result":"READ","enterpriseName":"别家"}""", []);
        Assert.Equal(
            new LicenceReading.Unavailable("answer without a valid signature"),
            await ReadAsync(simulators.Adapter<ILicenceReader>(null, ("Providers:LicenceReader:Endpoint", impostor.Address.AbsoluteUri)), Picture));
        var closed = simulators.Adapter<ILicenceReader>(
            null, ("Providers:LicenceReader:Endpoint", null), ("Providers:LicenceReader:AppId", null), ("Providers:LicenceReader:Secret", null));
        Assert.False(closed.IsOffered);
        Assert.Equal(new LicenceReading.Unavailable("not configured"), await ReadAsync(closed, Picture));
    }
}
