using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.MobileApp.Device;
using Bzt.MobileApp.Records;
using Bzt.Protocol;
using Bzt.Protocol.Phone;

namespace Bzt.MobileApp;

public enum AppPhase
{
    Starting,
    /// <summary>Inside WeChat or Alipay, whose storage is not for keys.</summary>
    InsideOtherApp,
    OtherWindow,
    LoggedOut,
    Ready,
}

/// <summary>
/// The running app: the headless phone with its stores, and what the screens show of it. Truth is the server's; what is here is the last
/// answer, fetched again on every wake-up of the hub.
/// </summary>
public sealed partial class PhoneApp(HttpClient http, Vault vault, AppWindow window, Notifications notifications, LineAssemblies line) : IAsyncDisposable
{
    private readonly PhoneRecords records = new(vault);
    private readonly BrowserPhoneKeyStore keys = new(vault);
    private PhoneClient? client;
    private ChannelTrust? trust;
    private TimeSpan clockOffset;
    private string? phoneNumber;

    /// <summary>Something shown has changed.</summary>
    public event Action? Changed;

    public AppPhase Phase { get; private set; } = AppPhase.Starting;

    public PhoneClient Client => client ?? throw new InvalidOperationException("The phone is not set up yet.");

    public Me? Me { get; private set; }

    public IReadOnlyList<CertificateInfo>? Certificates { get; private set; }

    public IReadOnlyList<ApplicationInfo>? Applications { get; private set; }

    public Catalogue? Catalogue { get; private set; }

    public bool HasUpdate => window.HasUpdate || IsOutdated;

    /// <summary>The server does not speak with this version any more.</summary>
    public bool IsOutdated { get; private set; }

    public bool IsStoragePersistent { get; private set; }

    /// <summary>The user was asked at this login whether to recover what is on another phone.</summary>
    public bool RecoveryAsked { get; private set; }

    /// <summary>A QR link that came from outside and waits to be opened.</summary>
    public string? PendingLink { get; set; }

    /// <summary>The server's time: phones' clocks are wrong.</summary>
    public DateTimeOffset Now => TimeProvider.System.GetUtcNow() + clockOffset;

    /// <summary>The account's phone number, as the user typed it at login; null when he logged in by WeChat.</summary>
    public string? PhoneNumber => phoneNumber is { Length: > 0 } ? phoneNumber : null;

    /// <summary>No business from here: the name is not proven at all, or not on this phone.</summary>
    public bool NeedsProof => Me is { RealName: null } or { Limited: true };

    /// <summary>Certificates whose share is on this phone and that can be used now.</summary>
    public IEnumerable<CertificateInfo> Usable => (Certificates ?? []).Where(certificate => certificate is { State: CertificateState.Active, HeldHere: true });

    /// <summary>Where the person is proven anew on this phone.</summary>
    /// <param name="then">A place in the app that asked for it; home without one.</param>
    public static string ProveAgainAt(string? then) => $"real-name?again=true{(string.IsNullOrEmpty(then) ? "" : $"&then={Uri.EscapeDataString(then)}")}";

    public Task RefreshAsync() => Task.WhenAll(LoadPlaceAsync(), LoadCertificatesAsync(), LoadApplicationsAsync(), LoadMessagesAsync());

    public Task LoadMeAsync() => LoadAsync(async () => Take(await Client.GetMeAsync()));

    public Task LoadCertificatesAsync() => LoadAsync(async () => Certificates = await OrNoneAsync(Client.GetCertificatesAsync()));

    public Task LoadApplicationsAsync() => LoadAsync(async () => Applications = await OrNoneAsync(Client.GetApplicationsAsync()));

    public Task LoadCatalogueAsync() => Catalogue is not null ? Task.CompletedTask : LoadAsync(async () => Catalogue = await Client.GetCatalogueAsync());

    /// <summary>Whether this phone made the share of that key already.</summary>
    public async Task<bool> HasKeyAsync(Guid certificateId, byte[]? publicKey) => publicKey is not null && await keys.UpdateAsync(
        certificateId.ToString("D"), record => (record, record is not null && record.PublicKey.Encode().AsSpan().SequenceEqual(publicKey)));

    public void SetServerTime(DateTimeOffset now) => clockOffset = now - TimeProvider.System.GetUtcNow();

    /// <summary>What to tell the user of a failure; a login that ended is left at once.</summary>
    public async Task<Fault> ExplainAsync(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (exception is ApiRefusedException { Code: ErrorCodes.Unauthenticated } && Client.Login is not null)
        {
            await ForgetLoginAsync();
        }

        LearnOfLimit(exception);
        IsOutdated |= exception is ApiRefusedException { Code: ErrorCodes.ClientOutdated };
        return Fault.Of(exception);
    }

    public Task UpdateAsync() => window.UpdateAsync();

    public async ValueTask DisposeAsync() => await StopListeningAsync();

    private async Task SetUpAsync(ChannelTrust? pinned = null)
    {
        if (client is not null)
        {
            return;
        }

        if (pinned is null)
        {
            using var response = await http.GetAsync(new Uri(Routes.PhoneAppTrust, UriKind.Relative));
            response.EnsureSuccessStatusCode();
            pinned = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), BztJson.Default.ChannelTrust)
                ?? throw new HttpRequestException("The answer is empty.");
        }

        trust = pinned;
        client = new PhoneClient(http, await vault.OpenDeviceKeyAsync(), keys, new BrowserPinStretcher(vault), pinned, TimeProvider.System, SystemRandom.Instance);
    }

    private async Task AskForPersistenceAsync()
    {
        IsStoragePersistent = await vault.PersistAsync();
        Tell();
    }

    /// <summary>Who may have none has none: before the real name, and on a limited phone.</summary>
    private async Task<IReadOnlyList<T>> OrNoneAsync<T>(Task<IReadOnlyList<T>> asked)
    {
        try
        {
            return await asked;
        }
        catch (ApiRefusedException refused) when (refused.Code is ErrorCodes.RealNameRequired or ErrorCodes.DeviceLimited)
        {
            LearnOfLimit(refused);
            return [];
        }
    }

    /// <summary>Another phone of the account was proven meanwhile: every screen is to say so from now on.</summary>
    private void LearnOfLimit(Exception exception)
    {
        if (exception is ApiRefusedException { Code: ErrorCodes.DeviceLimited } && Me is { Limited: false } me)
        {
            Me = me with { Limited = true };
            Tell();
        }
    }

    private void Take(Me me)
    {
        Me = me;
        SetServerTime(me.ServerTime);
    }

    private async void OnTakenOver()
    {
        await StopListeningAsync();
        Scanned = null;
        Phase = AppPhase.OtherWindow;
        Tell();
    }

    private void Tell() => Changed?.Invoke();
}
