using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>What a user does with the QR of a platform.</summary>
internal static class PhoneInHand
{
    private static readonly TimeSpan LongestTrying = TimeSpan.FromSeconds(60);

    /// <summary>Scans the code on the screen; when the machine was too slow for it, the one that is there by then.</summary>
    public static async Task<ScannedSession> ScanAsync(this PhoneClient phone, OpenedSession session)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await phone.ScanAsync(session.Link());
            }
            catch (ApiRefusedException exception) when (exception.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(started) < LongestTrying)
            {
                // The next code.
            }
        }
    }

    public static async Task<OpenedRequest> ScanAndOpenAsync(this CertifiedPhone phone, OpenedSession session) =>
        await phone.OpenAsync(await phone.Client.ScanAsync(session));

    /// <summary>Scan, look, PIN.</summary>
    public static async Task<PinOutcome> ConfirmAsync(this CertifiedPhone phone, OpenedSession session, string pin = CertifiedPhone.Pin)
    {
        using var request = await phone.ScanAndOpenAsync(session);
        return await phone.Client.ConfirmAsync(request, pin);
    }

    public static async Task<SessionResult> BindToAsync(this CertifiedPhone phone, PlatformClient platform)
    {
        var opened = await platform.OpenAsync(RelyingParty.Bind(phone.Enterprise));
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(opened));
        return await ResultAsync(platform, opened);
    }

    public static async Task<SessionResult> LogInAtAsync(this CertifiedPhone phone, PlatformClient platform, byte[]? challenge = null)
    {
        var opened = await platform.OpenAsync(RelyingParty.Login(challenge));
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(opened));
        return await ResultAsync(platform, opened);
    }

    /// <summary>The signature is one of the certificate's signing key over exactly these bytes.</summary>
    public static bool Verifies(SessionResult result, DocumentSignature signature) =>
        Sm2Certificate.TryParse(result.SigningCertificate, out var certificate)
        && Sm2Signature.TryParseRaw(signature.Signature, out var parsed)
        && parsed!.Verify(certificate.PublicKey, Sm2Signature.Digest(certificate.PublicKey, signature.ToBeSigned));

    private static async Task<SessionResult> ResultAsync(PlatformClient platform, OpenedSession opened)
    {
        var status = await platform.WaitAsync(opened.SessionId);
        Assert.Equal(SessionEnd.Ok, status.End);
        return status.Result!;
    }
}

/// <summary>A certified phone that the tests of a class take turns with.</summary>
public sealed class SharedPhone : IAsyncLifetime
{
    internal EmbeddedSystem System { get; private set; } = null!;

    internal CertifiedPhone Phone { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        System = await EmbeddedSystem.SharedAsync();
        Phone = await CertifiedPhone.ActiveAsync(System);
    }

    public ValueTask DisposeAsync()
    {
        Phone.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A phone without a certificate: enough to scan.</summary>
internal sealed class ScanningPhone : IDisposable
{
    private readonly HttpClient http;

    private ScanningPhone(HttpClient http, PhoneClient client) => (this.http, Client) = (http, client);

    public PhoneClient Client { get; }

    public static async Task<ScanningPhone> CreateAsync(EmbeddedSystem system, TestPhone phone)
    {
        var http = new HttpClient { BaseAddress = system.Address, Timeout = TimeSpan.FromSeconds(60) };
        var client = new PhoneClient(
            http, phone.Key, new MemoryPhoneKeyStore(), new DotNetPinStretcher(), await ChannelTrust.FetchAsync(system.Gateway), system.Clock, SystemRandom.Instance)
        {
            Login = new PhoneLogin(phone.Login!.AccessToken, phone.Login.UserId, phone.Login.DeviceId),
        };
        return new ScanningPhone(http, client);
    }

    public void Dispose() => http.Dispose();
}
