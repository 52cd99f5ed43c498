using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.MobileApp.Device;

namespace Bzt.MobileApp.Records;

/// <summary>What is kept of a login, sealed in the vault.</summary>
/// <param name="PhoneNumber">The user's own; a PIN may not be part of it.</param>
/// <param name="ChannelRoot">
/// Pinned at login. It came from the host that serves the app, so against that host it is worth nothing; it keeps whoever gets between us
/// later, or a gateway that is swapped later, from posing as the silos.
/// </param>
internal sealed record StoredLogin(string AccessToken, Guid UserId, Guid DeviceId, string PhoneNumber, byte[] ChannelRoot, IReadOnlyList<byte[]> CertificateRoots);

/// <summary>A real-name check that waits for the person at a provider's page; a browser may forget us meanwhile.</summary>
/// <param name="Then">The screen that asked for it.</param>
internal sealed record RealNameDraft(Guid OperationId, RealNameWay Way, string? Then);

/// <summary>A login code was sent and is awaited. The code itself is never kept.</summary>
/// <param name="Number">Eleven digits.</param>
/// <param name="Accepted">What the user agreed to before.</param>
/// <param name="ResendAt">When another one may be asked for, by this phone's clock.</param>
/// <param name="ExpiresAt">When it is good no longer, by the same clock.</param>
internal sealed record SentCode(string Number, AcceptedVersions Accepted, DateTimeOffset ResendAt, DateTimeOffset ExpiresAt);

/// <summary>What is kept of a scan while it is looked at: the system may take our memory in between.</summary>
internal sealed record KeptScan(Guid SessionId, byte[]? Binding);

/// <summary>A confirmation as the user saw it. Kept until its outcome was shown.</summary>
internal sealed record Confirmation(
    Guid SessionId, Guid CertificateId, SessionKind Kind, string PlatformName, string? ProjectName, IReadOnlyList<string> Items, DateTimeOffset At)
{
    /// <summary>The platform's page is in this phone's browser, and waits there.</summary>
    public bool SameDevice { get; init; }
}

[JsonSerializable(typeof(StoredLogin))]
[JsonSerializable(typeof(ClaimDraft))]
[JsonSerializable(typeof(AcceptedVersions))]
[JsonSerializable(typeof(RealNameDraft))]
[JsonSerializable(typeof(KeptScan))]
[JsonSerializable(typeof(SentCode))]
[JsonSerializable(typeof(Confirmation))]
internal sealed partial class StoredJson : JsonSerializerContext;

/// <summary>
/// What the app keeps in the vault besides keys, each under its name: the system may take the app's memory at any moment. Names and shapes are those of
/// installed apps, and stay. Null deletes. A damaged record throws.
/// </summary>
internal sealed class PhoneRecords(Vault vault)
{
    private const string Login = "login";
    private const string RecoveryAsked = "recovery-asked";
    private const string Draft = "draft";
    private const string WeChat = "wechat";
    private const string RealName = "real-name";
    private const string Enterprise = "enterprise";
    private const string Scan = "scan";
    private const string Unsettled = "confirmation";

    public Task<StoredLogin?> ReadLoginAsync() => ReadAsync(Login, StoredJson.Default.StoredLogin);

    public Task WriteLoginAsync(StoredLogin? login) => WriteAsync(Login, login, StoredJson.Default.StoredLogin);

    /// <summary>Whether the user was asked at this login whether to recover what is on another phone.</summary>
    public async Task<bool> ReadRecoveryAskedAsync() => await vault.ReadAsync(RecoveryAsked) is not null;

    public Task WriteRecoveryAskedAsync(bool asked) => vault.WriteAsync(RecoveryAsked, asked ? [1] : null);

    /// <summary>What the user entered of a claim: a camera app may push us out of memory in the middle of it.</summary>
    public Task<ClaimDraft?> ReadDraftAsync() => ReadAsync(Draft, StoredJson.Default.ClaimDraft);

    public Task WriteDraftAsync(ClaimDraft? draft) => WriteAsync(Draft, draft, StoredJson.Default.ClaimDraft);

    /// <summary>What was agreed to before WeChat's page.</summary>
    public Task<AcceptedVersions?> ReadAcceptedAsync() => ReadAsync(WeChat, StoredJson.Default.AcceptedVersions);

    public Task WriteAcceptedAsync(AcceptedVersions? accepted) => WriteAsync(WeChat, accepted, StoredJson.Default.AcceptedVersions);

    public Task<RealNameDraft?> ReadRealNameAsync() => ReadAsync(RealName, StoredJson.Default.RealNameDraft);

    public Task WriteRealNameAsync(RealNameDraft? draft) => WriteAsync(RealName, draft, StoredJson.Default.RealNameDraft);

    /// <summary>The credit code of the enterprise the user chose to look at.</summary>
    public async Task<string?> ReadEnterpriseAsync() => await vault.ReadAsync(Enterprise) is { } stored ? Encoding.UTF8.GetString(stored) : null;

    public Task WriteEnterpriseAsync(string creditCode) => vault.WriteAsync(Enterprise, Encoding.UTF8.GetBytes(creditCode));

    public Task<KeptScan?> ReadScanAsync() => ReadAsync(Scan, StoredJson.Default.KeptScan);

    public Task WriteScanAsync(KeptScan? scan) => WriteAsync(Scan, scan, StoredJson.Default.KeptScan);

    public Task<Confirmation?> ReadUnsettledAsync() => ReadAsync(Unsettled, StoredJson.Default.Confirmation);

    public Task WriteUnsettledAsync(Confirmation? confirmation) => WriteAsync(Unsettled, confirmation, StoredJson.Default.Confirmation);

    private async Task<T?> ReadAsync<T>(string name, JsonTypeInfo<T> shape) where T : class =>
        await vault.ReadAsync(name) is { } stored ? JsonSerializer.Deserialize(stored, shape) : null;

    private Task WriteAsync<T>(string name, T? record, JsonTypeInfo<T> shape) where T : class =>
        vault.WriteAsync(name, record is null ? null : JsonSerializer.SerializeToUtf8Bytes(record, shape));
}
