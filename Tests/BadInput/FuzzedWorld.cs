using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.LoadTests.Fuzzing;
using Bzt.LoadTests.Scenarios;
using Bzt.Tests.Certificates;
using Bzt.Tests.OpenIdConnect;
using Bzt.Tests.Platforms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.BadInput;

/// <summary>The same system, with somebody in it whom none of it concerns: his phone stays connected, his session waits, his keys work.</summary>
public sealed class FuzzedWorld : HostileWorld
{
    private readonly List<FuzzCaller> callers = [];
    private readonly CancellationTokenSource leave = new();
    private Task listening = Task.CompletedTask;
    private RelyingParty party = null!;
    private SignatureApplication application = null!;

    internal CertifiedPhone Bystander { get; private set; } = null!;

    internal PhoneSocket Socket { get; private set; } = null!;

    internal OpenedSession Waiting { get; private set; } = null!;

    internal ApiDescription Api { get; private set; } = null!;

    internal IReadOnlyList<FuzzCaller> Callers => callers;

    /// <summary>The owner's ids and other values the system takes, by the names the document gives them.</summary>
    internal IReadOnlyDictionary<string, string[]> Known { get; private set; } = null!;

    /// <summary>Faults only: what thousands of requests log at its most talkative nobody could hold.</summary>
    protected override LogLevel Logged => LogLevel.Error;

    /// <summary>Nothing but what is sent here ends the bystander's connection: he sends no pings.</summary>
    protected override void Configure(WebApplicationBuilder builder) =>
        builder.Services.PostConfigure<HubOptions>(hub => hub.ClientTimeoutInterval = TimeSpan.FromMinutes(30));

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Bystander = await CertifiedPhone.ActiveAsync(System);
        await Bystander.BindAsync(Platform);
        Socket = await PhoneSocket.ConnectAsync(System.Address, await TicketAsync(default), default);
        listening = Socket.ListenAsync(leave.Token);
        Waiting = await Platform.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32), TimeoutSeconds = 600 });
        Api = ApiDescription.Read(await System.Gateway.GetStringAsync("/openapi/v1.json"));
        party = await RelyingParty.RegisterAsync(System, maySignHashes: true, redirectUris: [OpenIdWorld.Redirect]);
        await Owner.BindToAsync(party.Client);
        application = new SignatureApplication(System.Address, new CscClientId(party.Id, party.Secret, OpenIdWorld.Redirect), new CscUser(Owner.Client, Owner.Certificate, CertifiedPhone.Pin));
        await application.AuthoriseAsync(default);
        callers.AddRange([
            FuzzCaller.Stranger(System.Address),
            FuzzCaller.Holder(System.Address, "a phone", Owner.Phone.Login!.AccessToken, Owner.Phone.Key, System.Clock),
            FuzzCaller.Platform(System.Address, "a platform", CertifiedPhone.PlatformId, CertifiedPhone.PlatformSecret, System.Clock),
            FuzzCaller.Holder(System.Address, "another phone", Other.Login!.AccessToken, Other.Key, System.Clock),
            FuzzCaller.Holder(System.Address, "a tool", ProjectToken, ToolKey, System.Clock),
            await FuzzCaller.ReviewerAsync(System.Address, ConsolePassword, default),
            FuzzCaller.Bearer(System.Address, FuzzRun.ServiceBearer, () => application.ServiceToken), FuzzCaller.Bearer(System.Address, FuzzRun.CredentialBearer, () => application.CredentialToken)]);
        string[] named = ["applicationId", "orderId", "certificateId", "sessionId", "openingId", "fileId", "sealingSessionId", "creditCode", "deviceId", "document", "userId", "platformId", "sealSetId", "operationId"];
        var known = new Dictionary<string, string[]>(application.Known, StringComparer.Ordinal);
        foreach (var name in named)
        {
            known[name] = [Fill("{" + name + "}")];
        }

        known["blobId"] = known["licenceBlobId"] = known["formBlobId"] = [BlobId];
        known["caId"] = known["ca"] = ["yichang-ca", "hubei-ca"];
        known["client_id"] = [CertifiedPhone.PlatformId];
        known["kind"] = ["enterprise", "legal_representative", "signature"];
        known["provider"] = ["alipay", "wechat"];
        known["phoneNumber"] = [Other.Person.Phone, "19900000001"];
        known["purpose"] = ["licence", "form", "login"];
        Known = known;
    }

    public override async ValueTask DisposeAsync()
    {
        await leave.CancelAsync();
        await listening;
        Socket.Dispose();
        leave.Dispose();
        callers.ForEach(caller => caller.Dispose());
        application.Dispose();
        party.Dispose();
        Bystander.Dispose();
        await base.DisposeAsync();
    }

    internal async Task<string> TicketAsync(CancellationToken stop) =>
        (await Bystander.Phone.Http.PostAsync(Routes.Phone.HubTicket, BztJson.Default.HubTicket, stop)).Ticket;

    /// <summary>All that is stored, in rows.</summary>
    internal async Task<long> CountRowsAsync()
    {
        var rows = 0L;
        foreach (var file in Directory.EnumerateFiles(System.DataFolder, "*.db", SearchOption.AllDirectories))
        {
            await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            await connection.OpenAsync();
            var tables = new List<string>();
            await using (var names = connection.CreateCommand())
            {
                names.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table'";
                await using var reader = await names.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                    tables.Add(reader.GetString(0));
                }
            }

            foreach (var table in tables)
            {
                await using var count = connection.CreateCommand();
                count.CommandText = $"SELECT COUNT(*) FROM \"{table}\"";
                rows += (long)(await count.ExecuteScalarAsync())!;
            }
        }

        return rows;
    }
}
