using System.Text;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.MobileApp.Device;
using Bzt.MobileApp.Records;
using Microsoft.JSInterop;

namespace Bzt.Tests.MobileApp;

/// <summary>What an installed app has kept, the next one reads: names and shapes stay.</summary>
public sealed class PhoneRecordsTests
{
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);

    private readonly MemoryVault stored = new();
    private readonly PhoneRecords records;

    public PhoneRecordsTests() => records = new PhoneRecords(new Vault(stored));

    [Fact]
    public async Task What_was_kept_is_read()
    {
        stored.Put("login", """{"AccessToken":"t","UserId":"019ab000-0000-7000-8000-000000000001","DeviceId":"019ab000-0000-7000-8000-000000000001","PhoneNumber":"13800138000","ChannelRoot":"AQI=","CertificateRoots":["Aw=="]}""");
        stored.Put("recovery-asked", "\u0001");
        stored.Put("draft", """{"OperationId":"019ab000-0000-7000-8000-000000000001","Kind":0,"Corrects":null,"Step":2,"CreditCode":"91420500MA49ABCD28","EnterpriseName":"甲","LicenceBlobId":"aa","Offer":{"Years":2}}""");
        stored.Put("wechat", """{"UserAgreement":"1.0","PrivacyPolicy":"1.1"}""");
        stored.Put("real-name", """{"OperationId":"019ab000-0000-7000-8000-000000000001","Way":1,"Then":"certificates"}""");
        stored.Put("enterprise", "91420500MA49ABCD28");
        stored.Put("scan", """{"SessionId":"019ab000-0000-7000-8000-000000000001","Binding":"BA=="}""");
        stored.Put("confirmation", """{"SessionId":"019ab000-0000-7000-8000-000000000001","CertificateId":"019ab000-0000-7000-8000-000000000001","Kind":3,"PlatformName":"平台","ProjectName":null,"Items":["投标函.pdf"],"At":"2026-11-25T08:00:00+00:00","SameDevice":true}""");

        var login = await records.ReadLoginAsync();
        Assert.Equal(("t", Id, Id, "13800138000"), (login!.AccessToken, login.UserId, login.DeviceId, login.PhoneNumber));
        Assert.True(login is { ChannelRoot: [1, 2], CertificateRoots: [[3]] });
        Assert.True(await records.ReadRecoveryAskedAsync());
        var draft = await records.ReadDraftAsync();
        Assert.Equal((Id, ApplicationKind.Claim, 2, "甲", "aa", 2), (draft!.OperationId, draft.Kind, draft.Step, draft.EnterpriseName, draft.LicenceBlobId, draft.Offer.Years));
        Assert.Equal(new AcceptedVersions("1.0", "1.1"), await records.ReadAcceptedAsync());
        Assert.Equal(new RealNameDraft(Id, (RealNameWay)1, "certificates"), await records.ReadRealNameAsync());
        Assert.Equal("91420500MA49ABCD28", await records.ReadEnterpriseAsync());
        Assert.True(await records.ReadScanAsync() is { Binding: [4] } scan && scan.SessionId == Id);
        var confirmation = await records.ReadUnsettledAsync();
        Assert.Equal(((SessionKind)3, "平台", At, true), (confirmation!.Kind, confirmation.PlatformName, confirmation.At, confirmation.SameDevice));
    }

    [Fact]
    public async Task What_is_written_is_read_again_and_null_deletes_it()
    {
        await records.WriteLoginAsync(new StoredLogin("t", Id, Id, "13800138000", [1], [[2]]));
        await records.WriteRecoveryAskedAsync(true);
        await records.WriteDraftAsync(new ClaimDraft { EnterpriseName = "甲" });
        await records.WriteAcceptedAsync(new AcceptedVersions("1.0", "1.0"));
        await records.WriteRealNameAsync(new RealNameDraft(Id, RealNameWay.Alipay, null));
        await records.WriteScanAsync(new KeptScan(Id, null));
        await records.WriteUnsettledAsync(new Confirmation(Id, Id, SessionKind.Seal, "平台", "项目", ["投标函.pdf"], At));
        Assert.Equal(["confirmation", "draft", "login", "real-name", "recovery-asked", "scan", "wechat"], stored.Names);
        Assert.Equal("t", (await records.ReadLoginAsync())!.AccessToken);
        Assert.True(await records.ReadRecoveryAskedAsync());
        Assert.Equal("甲", (await records.ReadDraftAsync())!.EnterpriseName);
        Assert.Equal(new RealNameDraft(Id, RealNameWay.Alipay, null), await records.ReadRealNameAsync());
        Assert.Equal(["投标函.pdf"], (await records.ReadUnsettledAsync())!.Items);

        await records.WriteLoginAsync(null);
        await records.WriteRecoveryAskedAsync(false);
        await records.WriteDraftAsync(null);
        await records.WriteAcceptedAsync(null);
        await records.WriteRealNameAsync(null);
        await records.WriteScanAsync(null);
        await records.WriteUnsettledAsync(null);
        Assert.Empty(stored.Names);
        Assert.Null(await records.ReadLoginAsync());
        Assert.False(await records.ReadRecoveryAskedAsync());
        Assert.Null(await records.ReadUnsettledAsync());
    }

    /// <summary>The browser's store without a browser.</summary>
    private sealed class MemoryVault : IJSRuntime, IJSObjectReference
    {
        private readonly SortedDictionary<string, byte[]> records = new(StringComparer.Ordinal);

        public IEnumerable<string> Names => records.Keys;

        public void Put(string name, string text) => records[name] = Encoding.UTF8.GetBytes(text);

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args)
        {
            object? answer = null;
            switch (identifier, args)
            {
                case ("import", _):
                    answer = this;
                    break;
                case ("read", [string name]):
                    answer = records.GetValueOrDefault(name);
                    break;
                case ("write", [string name, byte[] value]):
                    records[name] = value;
                    break;
                case ("write", [string name, null]):
                    records.Remove(name);
                    break;
                default:
                    throw new NotSupportedException(identifier);
            }

            return new ValueTask<TValue>((TValue)answer!);
        }

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<TValue>(identifier, args);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
