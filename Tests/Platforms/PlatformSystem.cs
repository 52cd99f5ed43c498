using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Tests.Callbacks;
using Bzt.Tests.CaVendors;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Bzt.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Platforms;

[CollectionDefinition(Name)]
public sealed class PlatformSystemCollection : ICollectionFixture<PlatformSystem>
{
    public const string Name = "a system of platforms that is started again";
}

/// <summary>A system with low limits, backends that take callbacks, and a phone; the tests of its collection restart it and move its clock in turn.</summary>
public sealed class PlatformSystem : IAsyncLifetime
{
    public const int PerVisitor = 3;
    public const int PerPlatform = 40;

    private Signpost signpost = null!;

    /// <summary>Fails writes as it is told.</summary>
    internal TestFaults Faults { get; } = new();

    internal EmbeddedSystem System { get; private set; } = null!;

    internal CallbackReceiver Receiver { get; private set; } = null!;

    internal CertifiedPhone Phone { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // The CA's address stands in every certificate: it is known before the first one.
        signpost = await Signpost.StartAsync();
        System = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["EmbeddedCa:PublicUrl"] = new Uri(signpost.Address, "ca").AbsoluteUri;
            builder.Configuration["MockPhone:Enabled"] = "true";
            builder.Services.AddSingleton<IStorageFaults>(Faults);
            builder.Configuration["Sessions:PerVisitor"] = $"{PerVisitor}";
            builder.Configuration["Sessions:PerPlatform"] = $"{PerPlatform}";
        });
        signpost.Target = System.Address;
        Receiver = await CallbackReceiver.StartAsync();
        Phone = await CertifiedPhone.ActiveAsync(System);
    }

    /// <summary>Stops and starts the system; the phone and the platform find it again.</summary>
    internal async Task RestartAsync(params RelyingParty[] parties)
    {
        await System.RestartAsync();
        signpost.Target = System.Address;
        await Phone.ReconnectAsync();
        foreach (var party in parties)
        {
            await party.ConnectAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Phone.Dispose();
        await Receiver.DisposeAsync();
        await System.DisposeAsync();
        await signpost.DisposeAsync();
    }
}
