using System.Text.Json;
using System.Text.Json.Serialization;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.MobileApp.Device;
using Bzt.Protocol;
using Bzt.Protocol.Phone;
using Microsoft.JSInterop;

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

/// <summary>What is kept of a login, sealed in the vault.</summary>
/// <param name="PhoneNumber">The user's own; a PIN may not be part of it.</param>
/// <param name="ChannelRoot">
/// Pinned at login. It came from the host that serves the app, so against that host it is worth nothing; it keeps whoever gets between us
/// later, or a gateway that is swapped later, from posing as the silos.
/// </param>
internal sealed record StoredLogin(string AccessToken, Guid UserId, Guid DeviceId, string PhoneNumber, byte[] ChannelRoot, IReadOnlyList<byte[]> CertificateRoots);

[JsonSerializable(typeof(StoredLogin))]
[JsonSerializable(typeof(ClaimDraft))]
[JsonSerializable(typeof(AcceptedVersions))]
[JsonSerializable(typeof(RealNameDraft))]
internal sealed partial class StoredJson : JsonSerializerContext;

/// <summary>
/// The running app: the headless phone with its stores, and what the screens show of it. Truth is the server's; what is here is the last
/// answer, fetched again on every wake-up of the hub.
/// </summary>
public sealed partial class PhoneApp(HttpClient http, Vault vault, AppWindow window, Notifications notifications, LineAssemblies line) : IAsyncDisposable
{
    private const string LoginRecord = "login";
    private const string DraftRecord = "draft";
    private const string AskedRecord = "recovery-asked";
    private const int MessagePage = 50;

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

    public IReadOnlyList<MessageInfo>? Messages { get; private set; }

    public Catalogue? Catalogue { get; private set; }

    public int Unread { get; private set; }

    /// <summary>There are messages before the last of <see cref="Messages"/>.</summary>
    public bool HasOlderMessages { get; private set; }

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

    /// <summary>Certificates whose share is on this phone and that can be used now.</summary>
    public IEnumerable<CertificateInfo> Usable => (Certificates ?? []).Where(certificate => certificate is { State: CertificateState.Active, HeldHere: true });

    public async Task<SmsCodeSent> RequestCodeAsync(string number)
    {
        await SetUpAsync();
        return await Client.RequestSmsCodeAsync(number);
    }

    /// <summary>The texts in force, of which the user is shown the titles.</summary>
    public async Task<IReadOnlyList<LegalText>> GetLegalTextsAsync()
    {
        await SetUpAsync();
        return await Client.GetLegalTextsAsync();
    }

    /// <summary>One of them with its words.</summary>
    public Task<LegalText> GetLegalTextAsync(LegalDocument document) => Client.GetLegalTextAsync(document);

    public async Task LogOutAsync()
    {
        await Client.LogOutAsync();
        await ForgetLoginAsync();
    }

    /// <summary>The token is no longer good, here or at the server. Keys stay: they belong to the certificates.</summary>
    public async Task ForgetLoginAsync()
    {
        await StopListeningAsync();
        try
        {
            await notifications.UnsubscribeAsync();
        }
        catch (JSException exception)
        {
            // The browser keeps a subscription to which nobody sends any more.
            await Console.Out.WriteLineAsync($"Not unsubscribed: {exception.Message}");
        }

        await vault.WriteAsync(LoginRecord, null);
        await vault.WriteAsync(AskedRecord, null);
        await WriteRealNameAsync(null);
        looks.Clear();
        (client, trust, phoneNumber) = (null, null, null);
        (Me, Certificates, Applications, Messages, Unread, Scanned) = (null, null, null, null, 0, null);
        (Requests, OpenInvitations, chosenEnterprise) = ([], [], null);
        (Phase, RecoveryAsked, HasOlderMessages) = (AppPhase.LoggedOut, false, false);
        Tell();
    }

    public Task RefreshAsync() => Task.WhenAll(LoadPlaceAsync(), LoadCertificatesAsync(), LoadApplicationsAsync(), LoadMessagesAsync());

    public Task LoadMeAsync() => LoadAsync(async () => Take(await Client.GetMeAsync()));

    public Task LoadCertificatesAsync() => LoadAsync(async () => Certificates = await OrNoneAsync(Client.GetCertificatesAsync()));

    public Task LoadApplicationsAsync() => LoadAsync(async () => Applications = await OrNoneAsync(Client.GetApplicationsAsync()));

    public Task LoadCatalogueAsync() => Catalogue is not null ? Task.CompletedTask : LoadAsync(async () => Catalogue = await Client.GetCatalogueAsync());

    /// <summary>The newest. Older ones that were looked at stay.</summary>
    public Task LoadMessagesAsync() => LoadAsync(async () =>
    {
        var page = await Client.GetInboxAsync();
        var older = page.Messages is [.., { } last] ? (Messages ?? []).Where(message => message.At < last.At) : [];
        (Messages, Unread) = ([.. page.Messages, .. older], page.Unread);
        HasOlderMessages |= older.Any() || page.Messages.Count == MessagePage;
    });

    public Task LoadOlderMessagesAsync() => LoadAsync(async () =>
    {
        if (Messages is [.., { } last])
        {
            var page = await Client.GetInboxAsync(last.MessageId, MessagePage);
            (Messages, HasOlderMessages) = ([.. Messages, .. page.Messages], page.Messages.Count == MessagePage);
        }
    });

    public async Task MarkReadAsync(MessageInfo message)
    {
        if (!message.Read)
        {
            await LoadAsync(() => Client.MarkReadAsync(message.MessageId));
            await LoadMessagesAsync();
        }
    }

    /// <summary>Once at a login is enough; a reload does not ask again.</summary>
    public async Task AskedAboutRecoveryAsync()
    {
        RecoveryAsked = true;
        Tell();
        await vault.WriteAsync(AskedRecord, [1]);
    }

    /// <summary>A first certificate makes its holder a member, a moment after it is active.</summary>
    public async Task AwaitMembershipAsync(string creditCode)
    {
        for (var tries = 0; tries < 30 && creditCode.Length > 0 && Phase == AppPhase.Ready && RoleAt(creditCode) is null; tries++)
        {
            await Task.Delay(1000);
            await LoadMeAsync();
        }
    }

    /// <summary>Whether this phone made the share of that key already.</summary>
    public async Task<bool> HasKeyAsync(Guid certificateId, byte[]? publicKey) => publicKey is not null && await keys.UpdateAsync(
        certificateId.ToString("D"), record => (record, record is not null && record.PublicKey.Encode().AsSpan().SequenceEqual(publicKey)));

    /// <summary>What the user entered of a claim: a camera app may push us out of memory in the middle of it.</summary>
    internal async Task<ClaimDraft?> ReadDraftAsync() =>
        await vault.ReadAsync(DraftRecord) is { } stored ? JsonSerializer.Deserialize(stored, StoredJson.Default.ClaimDraft) : null;

    internal Task WriteDraftAsync(ClaimDraft? draft) =>
        vault.WriteAsync(DraftRecord, draft is null ? null : JsonSerializer.SerializeToUtf8Bytes(draft, StoredJson.Default.ClaimDraft));

    public void SetServerTime(DateTimeOffset now) => clockOffset = now - TimeProvider.System.GetUtcNow();

    /// <summary>What to tell the user of a failure; a login that ended is left at once.</summary>
    public async Task<Fault> ExplainAsync(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (exception is ApiRefusedException { Code: ErrorCodes.Unauthenticated } && Client.Login is not null)
        {
            await ForgetLoginAsync();
        }

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
    private static async Task<IReadOnlyList<T>> OrNoneAsync<T>(Task<IReadOnlyList<T>> asked)
    {
        try
        {
            return await asked;
        }
        catch (ApiRefusedException refused) when (refused.Code is ErrorCodes.RealNameRequired or ErrorCodes.DeviceLimited)
        {
            return [];
        }
    }

    private void Take(Me me)
    {
        Me = me;
        SetServerTime(me.ServerTime);
    }

    private void OnPushChanged()
    {
        if (Phase == AppPhase.Ready)
        {
            _ = AloneAsync(KeepPushAsync);
        }
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
