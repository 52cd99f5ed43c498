using System.Text.Json;
using Bzt.Contracts.Phone;
using Bzt.MobileApp.Device;
using Bzt.MobileApp.Records;
using Microsoft.JSInterop;

namespace Bzt.MobileApp;

// Logging in and out, and what is kept of an account's affairs while the browser is elsewhere.
public sealed partial class PhoneApp
{
    private const string SentCodeName = "login-code";

    /// <summary>Where the app runs, as it was at the start.</summary>
    public Surroundings Surroundings { get; private set; } = new();

    /// <summary>What the login screen tells once: how the last account ended.</summary>
    public string? Notice { get; set; }

    public async Task<SmsCodeSent> RequestCodeAsync(string number)
    {
        await SetUpAsync();
        return await Client.RequestSmsCodeAsync(number);
    }

    /// <summary>The login code this tab waits for, also after a reload; null when none does, or it has expired.</summary>
    internal async Task<SentCode?> ReadSentCodeAsync()
    {
        try
        {
            return await window.KeptHereAsync(SentCodeName) is { } kept && JsonSerializer.Deserialize(kept, StoredJson.Default.SentCode) is { } sent
                && sent.ExpiresAt > TimeProvider.System.GetUtcNow() ? sent : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal Task KeepSentCodeAsync(SentCode? sent) =>
        window.KeepHereAsync(SentCodeName, sent is null ? null : JsonSerializer.Serialize(sent, StoredJson.Default.SentCode));

    /// <summary>The texts in force, of which the user is shown the titles.</summary>
    public async Task<IReadOnlyList<LegalText>> GetLegalTextsAsync()
    {
        await SetUpAsync();
        return await Client.GetLegalTextsAsync();
    }

    /// <summary>One of them with its words.</summary>
    public Task<LegalText> GetLegalTextAsync(LegalDocument document) => Client.GetLegalTextAsync(document);

    /// <param name="number">Eleven digits.</param>
    /// <param name="code">From the SMS.</param>
    /// <param name="accepted">The versions the user was shown and agreed to.</param>
    public async Task LogInAsync(string number, string code, AcceptedVersions accepted)
    {
        await SetUpAsync();
        var login = await Client.LogInAsync(number, code, await window.DeviceNameAsync(), accepted);
        await KeepSentCodeAsync(null);
        await TakeLoginAsync(login, number);
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
        await records.WriteAcceptedAsync(accepted);
        return (await Client.BeginWeChatAsync()).ConsentPage;
    }

    /// <param name="code">WeChat's, from the return address.</param>
    /// <param name="state">As it came back.</param>
    /// <param name="accepted">Agreed to since; without it, what was kept.</param>
    public async Task<WeChatLoginResponse> LogInByWeChatAsync(string code, string state, AcceptedVersions? accepted = null)
    {
        await SetUpAsync();
        accepted ??= await records.ReadAcceptedAsync();
        return await TakeLoginAsync(await Client.LogInByWeChatAsync(new WeChatLoginRequest(code, state, await window.DeviceNameAsync(), accepted)), "");
    }

    /// <summary>The first login through a WeChat account: an SMS code says whose account it is.</summary>
    public async Task<WeChatLoginResponse> LogInByWeChatNumberAsync(string ticket, string number, string code, AcceptedVersions? accepted = null)
    {
        await SetUpAsync();
        accepted ??= await records.ReadAcceptedAsync();
        return await TakeLoginAsync(await Client.LogInByWeChatNumberAsync(new WeChatNumberRequest(ticket, number, code, await window.DeviceNameAsync(), accepted)), number);
    }

    /// <summary>Once at a login is enough; a reload does not ask again.</summary>
    public async Task AskedAboutRecoveryAsync()
    {
        RecoveryAsked = true;
        Tell();
        await records.WriteRecoveryAskedAsync(true);
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

        await records.WriteLoginAsync(null);
        await records.WriteRecoveryAskedAsync(false);
        await records.WriteRealNameAsync(null);
        looks.Clear();
        (client, trust, phoneNumber) = (null, null, null);
        (Me, Certificates, Applications, Messages, Unread, Scanned) = (null, null, null, null, 0, null);
        (Requests, OpenInvitations, chosenEnterprise) = ([], [], null);
        (Phase, RecoveryAsked, HasOlderMessages) = (AppPhase.LoggedOut, false, false);
        Tell();
    }

    /// <summary>The account is closed: nothing of it stays here, its key shares neither.</summary>
    public async Task ForgetAccountAsync()
    {
        foreach (var certificate in Certificates ?? [])
        {
            await keys.UpdateAsync<bool>(certificate.CertificateId.ToString("D"), _ => (null, true));
        }

        await records.WriteDraftAsync(null);
        await ForgetLoginAsync();
    }

    /// <summary>What the server knows of this installation: whom to call.</summary>
    public async Task<AppAbout> GetAboutAsync()
    {
        await SetUpAsync();
        return await Client.GetAboutAsync();
    }

    /// <summary>What the user entered of a claim.</summary>
    internal Task<ClaimDraft?> ReadDraftAsync() => records.ReadDraftAsync();

    internal Task WriteDraftAsync(ClaimDraft? draft) => records.WriteDraftAsync(draft);

    internal Task<RealNameDraft?> ReadRealNameAsync() => records.ReadRealNameAsync();

    internal Task WriteRealNameAsync(RealNameDraft? draft) => records.WriteRealNameAsync(draft);

    private async Task<WeChatLoginResponse> TakeLoginAsync(WeChatLoginResponse answer, string number)
    {
        if (answer.Login is { } login)
        {
            await records.WriteAcceptedAsync(null);
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

    private Task WriteLoginAsync(string accessToken, Guid userId, Guid deviceId) =>
        records.WriteLoginAsync(new StoredLogin(accessToken, userId, deviceId, phoneNumber ?? "", trust!.ChannelRoot, trust.CertificateRoots));
}
