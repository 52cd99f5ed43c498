using System.Security.Cryptography;
using Bzt.Gateway.Hosting;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>
/// The cluster's keys for ID tokens as this gateway uses them. Asked for at start and every few minutes: a new key is published a week before it
/// signs, so a gateway may well be minutes behind another one.
/// </summary>
internal sealed class SigningKeys(IGrainFactory grains, IKeyProtector protector, PublicAddress address, TimeProvider clock)
    : IHostedService, IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>, IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<string, RSA> opened = [];
    private volatile Loaded? current;
    private CancellationTokenSource changed = new();

    public string? Name => Options.DefaultName;

    public Task StartAsync(CancellationToken cancellationToken) => RefreshAsync().AsTask();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask RefreshAsync()
    {
        if (current is { } known && (clock.GetUtcNow() - known.At).Duration() < Freshness)
        {
            return;
        }

        await gate.WaitAsync();
        try
        {
            var now = clock.GetUtcNow();
            var keys = await grains.OpenIdKeys().Get();
            var before = current;
            current = new Loaded([.. keys.Select(key => new SigningCredentials(new RsaSecurityKey(Open(key)) { KeyId = key.KeyId }, SecurityAlgorithms.RsaSha256))], now);
            if (before is not null && !before.Credentials.Select(credential => credential.Kid).SequenceEqual(keys.Select(key => key.KeyId)))
            {
                var told = Interlocked.Exchange(ref changed, new CancellationTokenSource());
                await told.CancelAsync();
            }
        }
        finally
        {
            gate.Release();
        }
    }

    public void Configure(OpenIddictServerOptions options)
    {
        options.Issuer = address.Base;
        options.SigningCredentials.AddRange(current?.Credentials ?? []);
    }

    public IChangeToken GetChangeToken() => new CancellationChangeToken(changed.Token);

    public void Dispose()
    {
        foreach (var key in opened.Values)
        {
            key.Dispose();
        }

        changed.Dispose();
        gate.Dispose();
    }

    /// <summary>A key stays open for the life of the process: a request may still be signing with one that was retired meanwhile.</summary>
    private RSA Open(OpenIdKey key)
    {
        if (!opened.TryGetValue(key.KeyId, out var rsa))
        {
            using var content = OpenIdKeySeal.Open(protector, key);
            rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(content.Span, out _);
            opened.Add(key.KeyId, rsa);
        }

        return rsa;
    }

    private sealed record Loaded(IReadOnlyList<SigningCredentials> Credentials, DateTimeOffset At);
}
