using Bzt.Grains.Csc;
using Bzt.Grains.OpenIdConnect;
using Bzt.Grains.Platforms;
using Bzt.Tests.Storage;

namespace Bzt.Tests.OpenIdConnect;

/// <summary>What a release has stored, every later one reads.</summary>
public sealed class StoredGrantTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Grant() => GoldenState.Verify("oauth-grant-v1", new OAuthGrantState { Redeemed = true, Revoked = true });

    [Fact]
    public void Keys() => GoldenState.Verify("openid-keys-v1", new OpenIdKeysState { Keys = [new StoredOpenIdKey("key-1", [1, 2, 3], At, At.AddDays(90))] });

    [Fact]
    public void Activation() => GoldenState.Verify("signature-activation-v1", new SignatureActivationState { Used = [1, 0] });

    [Fact]
    public void Platform()
    {
        var platform = new PlatformState { Name = "宜昌公共资源电子交易平台", RecognitionGroup = "hubei", SecretHash = [1, 2, 3], MaySignHashes = true };
        GoldenState.Loads("platform-v1-before-logins", platform);
        GoldenState.Loads("platform-v1-logins", platform with { RedirectUris = ["https://platform.example/callback"], PostLogoutRedirectUris = ["https://platform.example/"] });
    }
}
