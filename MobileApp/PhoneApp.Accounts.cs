using System.Text.Json;
using Bzt.Contracts.Phone;
using Bzt.MobileApp.Device;

namespace Bzt.MobileApp;

/// <summary>A real-name check that waits for the person at a provider's page; a browser may forget us meanwhile.</summary>
/// <param name="Then">The screen that asked for it.</param>
internal sealed record RealNameDraft(Guid OperationId, RealNameWay Way, string? Then);

// Logging in, and what is kept of an account's affairs while the browser is elsewhere.
public sealed partial class PhoneApp
{
    private const string WeChatRecord = "wechat";
    private const string RealNameRecord = "real-name";

    /// <summary>Where the app runs, as it was at the start.</summary>
    public Surroundings Surroundings { get; private set; } = new();

    /// <summary>What the login screen tells once: how the last account ended.</summary>
    public string? Notice { get; set; }

    /// <param name="number">Eleven digits.</param>
    /// <param name="code">From the SMS.</param>
    /// <param name="accepted">The versions the user was shown and agreed to.</param>
    public async Task LogInAsync(string number, string code, AcceptedVersions accepted)
    {
        await SetUpAsync();
        await TakeLoginAsync(await Client.LogInAsync(number, code, await window.DeviceNameAsync(), accepted), number);
    }

    public async Task LogInByPasswordAsync(string number, string password, AcceptedVersions accepted)
    {
        await SetUpAsync();
        await TakeLoginAsync(await Client.LogInByPasswordAsync(number, password, await window.DeviceNameAsync(), accepted), number);
    }

    /// <summary>WeChat's consent page. What the user agreed to is kept for when the browser comes back.</summary>
    /// <param name="accepted">Null when WeChat is tied to the account that is logged in.</param>
    public async Task<Uri> BeginWeChatAsync(AcceptedVersions? accepted)
    {
        await SetUpAsync();
        await vault.WriteAsync(WeChatRecord, accepted is null ? null : JsonSerializer.SerializeToUtf8Bytes(accepted, StoredJson.Default.AcceptedVersions));
        return (await Client.BeginWeChatAsync()).ConsentPage;
    }

    /// <param name="code">WeChat's, from the return address.</param>
    /// <param name="state">As it came back.</param>
    /// <param name="accepted">Agreed to since; without it, what was kept.</param>
    public async Task<WeChatLoginResponse> LogInByWeChatAsync(string code, string state, AcceptedVersions? accepted = null)
    {
        await SetUpAsync();
        accepted ??= await ReadAcceptedAsync();
        return await TakeLoginAsync(await Client.LogInByWeChatAsync(new WeChatLoginRequest(code, state, await window.DeviceNameAsync(), accepted)), "");
    }

    /// <summary>The first login through a WeChat account: an SMS code says whose account it is.</summary>
    public async Task<WeChatLoginResponse> LogInByWeChatNumberAsync(string ticket, string number, string code, AcceptedVersions? accepted = null)
    {
        await SetUpAsync();
        accepted ??= await ReadAcceptedAsync();
        return await TakeLoginAsync(await Client.LogInByWeChatNumberAsync(new WeChatNumberRequest(ticket, number, code, await window.DeviceNameAsync(), accepted)), number);
    }

    /// <summary>The user changed the number: PINs may not be part of it.</summary>
    public async Task TakeNumberAsync(string number)
    {
        if (Client.Login is { } login)
        {
            phoneNumber = number;
            await WriteLoginAsync(login.AccessToken, login.UserId, login.DeviceId);
        }

        await LoadMeAsync();
    }

    /// <summary>The account is closed: nothing of it stays here, its key shares neither.</summary>
    public async Task ForgetAccountAsync()
    {
        foreach (var certificate in Certificates ?? [])
        {
            await keys.UpdateAsync<bool>(certificate.CertificateId.ToString("D"), _ => (null, true));
        }

        await WriteDraftAsync(null);
        await ForgetLoginAsync();
    }

    /// <summary>What the server knows of this installation: whom to call.</summary>
    public async Task<AppAbout> GetAboutAsync()
    {
        await SetUpAsync();
        return await Client.GetAboutAsync();
    }

    internal async Task<RealNameDraft?> ReadRealNameAsync() =>
        await vault.ReadAsync(RealNameRecord) is { } stored ? JsonSerializer.Deserialize(stored, StoredJson.Default.RealNameDraft) : null;

    internal Task WriteRealNameAsync(RealNameDraft? draft) =>
        vault.WriteAsync(RealNameRecord, draft is null ? null : JsonSerializer.SerializeToUtf8Bytes(draft, StoredJson.Default.RealNameDraft));

    private async Task<AcceptedVersions?> ReadAcceptedAsync() =>
        await vault.ReadAsync(WeChatRecord) is { } stored ? JsonSerializer.Deserialize(stored, StoredJson.Default.AcceptedVersions) : null;

    private async Task<WeChatLoginResponse> TakeLoginAsync(WeChatLoginResponse answer, string number)
    {
        if (answer.Login is { } login)
        {
            await vault.WriteAsync(WeChatRecord, null);
            await TakeLoginAsync(login, number);
        }

        return answer;
    }

    private async Task TakeLoginAsync(LoginResponse login, string number)
    {
        (phoneNumber, Notice) = (number, null);
        await WriteLoginAsync(login.AccessToken, login.UserId, login.DeviceId);
        BeReady();
        Tell();
    }

    private Task WriteLoginAsync(string accessToken, Guid userId, Guid deviceId) => vault.WriteAsync(LoginRecord, JsonSerializer.SerializeToUtf8Bytes(
        new StoredLogin(accessToken, userId, deviceId, phoneNumber ?? "", trust!.ChannelRoot, trust.CertificateRoots), StoredJson.Default.StoredLogin));
}
