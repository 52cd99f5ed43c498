using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Enterprises;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Grains.Seals;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using Bzt.Tests.Sealing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.BadInput;

[CollectionDefinition(Name)]
public sealed class HostileWorldCollection : ICollectionFixture<HostileWorld>
{
    public const string Name = "a system among hostile callers";
}

/// <summary>An operation of the API's own document.</summary>
public sealed record Operation(HttpMethod Method, string Path, JsonObject? JsonBody, bool HasBody)
{
    public string Name => $"{Method} {Path}";
}

/// <summary>
/// A system with an owner of everything, and around him whoever is not: another user, a second device of his own account, two platforms,
/// a bid tool. Its log is kept at its most talkative.
/// </summary>
public partial class HostileWorld : IAsyncLifetime
{
    public static readonly IReadOnlySet<string> Codes =
        typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).ToHashSet();

    public const string ConsolePassword = "password of the console in the tests";

    private const string OtherPlatformId = "jingzhou-ggzy";
    private const string OtherPlatformSecret = "a secret of the other platform in the tests";

    private readonly EcdsaDeviceKey toolKey = new();
    private readonly EcdsaDeviceKey strangeKey = new();

    public EmbeddedSystem System { get; private set; } = null!;

    internal KeptLog Log => field ??= new KeptLog(Logged);

    /// <summary>What of the log is kept.</summary>
    protected virtual LogLevel Logged => LogLevel.Debug;

    internal CertifiedPhone Owner { get; private set; } = null!;

    public TestPhone Limited { get; private set; } = null!;

    public TestPhone Other { get; private set; } = null!;

    public PlatformClient Platform { get; private set; } = null!;

    public Guid Application { get; private set; }

    public Guid Order { get; private set; }

    /// <summary>Of the owner, waiting at Alipay's page.</summary>
    public Guid RealNameOperation { get; } = Guid.NewGuid();

    public string BlobId { get; private set; } = "";

    public Guid SealSet { get; private set; }

    /// <summary>Of the platform, scanned by the owner, waiting.</summary>
    public OpenedSession Session { get; private set; } = null!;

    /// <summary>Of the owner at the platform, running.</summary>
    public Guid Sealing { get; private set; }

    public string ProjectToken { get; private set; } = "";

    /// <summary>Of the platform, for the tool's project; its one file is the owner's.</summary>
    public Guid Opening { get; private set; }

    public IReadOnlyList<Operation> Operations { get; private set; } = [];

    public virtual async ValueTask InitializeAsync()
    {
        System = await EmbeddedSystem.StartAsync(builder =>
        {
            foreach (var category in (string[])["Default", "Microsoft", "Microsoft.AspNetCore", "OpenIddict", "Orleans", "Polly"])
            {
                builder.Configuration[$"Logging:LogLevel:{category}"] = Logged.ToString();
            }

            builder.Logging.AddProvider(Log);
            builder.Configuration["CaConsole:Password"] = ConsolePassword;
            Configure(builder);
        });
        Owner = await CertifiedPhone.ActiveAsync(System);
        Other = await System.RealNamedPhoneAsync();
        // One code a minute to a number.
        System.Clock.Advance(TimeSpan.FromMinutes(2));
        Limited = await System.LoggedInPhoneAsync(Owner.Phone.Person);
        Assert.True(Limited.Login!.Limited);
        Platform = await Owner.PlatformAsync();
        await System.Grains.GetGrain<IPlatformGrain>(OtherPlatformId).Register(new RegisterPlatform("荆州公共资源交易中心", "hubei", OtherPlatformSecret, MaySignHashes: false));
        await Owner.BindAsync(Platform);
        var claim = await Owner.Phone.ClaimAsync(("宜昌旁观建设工程有限公司", "91420500MB0000001" + CreditCodes.CheckCharacter("91420500MB0000001")));
        BlobId = claim.LicenceBlobId;
        SealSet = (await Owner.Client.ExtractSealsAsync(claim.FormBlobId)).SealSetId;
        await System.Grains.EnterpriseSeals(new CreditCode(Owner.Enterprise.CreditCode)).Receive(new GiveSeals(
            SealSet, default, new UserId((await Owner.Client.GetMeAsync()).UserId), System.Clock.GetUtcNow(), [new SealFacts(SealKind.Enterprise, claim.FormBlobId, 40, 40)]));
        Application = (await Owner.Phone.SubmitAsync(claim)).ApplicationId;
        var applications = await Wait.UntilAsync(() => Owner.Client.GetApplicationsAsync(), found => found.Count == 2 && found.Any(application => application.OrderId is not null));
        Order = applications.Single(application => application.OrderId is not null).OrderId!.Value;
        Sealing = (await Owner.BeginAsync(Platform, automatic: false)).SealingSessionId;
        Session = await Platform.OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32), TimeoutSeconds = 600 });
        await Owner.Client.ScanAsync(Session);
        ProjectToken = (await Platform.CreateProjectTokenAsync(new ProjectTokenRequest(
            new ProjectInfo("P-1", "某道路工程", DateTimeOffset.UnixEpoch.AddYears(50)), Owner.Enterprise.CreditCode, ThumbprintOf(toolKey), 3600))).Token;
        Opening = (await Platform.CreateOpeningAsync(new CreateOpeningRequest(
            new ProjectInfo("P-1", "某道路工程", System.Clock.GetUtcNow()), System.Clock.GetUtcNow().AddHours(12),
            [new OpeningFile("F-1", "投标文件", Owner.Enterprise, RandomNumberGenerator.GetBytes(32))]))).OpeningId;
        var person = Owner.Phone.Person;
        await Owner.Client.ProveRealNameByAlipayAsync(new PageRealNameRequest(RealNameOperation, person.Name, person.IdNumber));
        Operations = await ReadOperationsAsync(System);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Owner.Dispose();
        Other.Dispose();
        Limited.Dispose();
        toolKey.Dispose();
        strangeKey.Dispose();
        await System.DisposeAsync();
    }

    /// <summary>A path of the document with the owner's own ids in it.</summary>
    public string Fill(string template) => template
        .Replace("{applicationId}", Application.ToString(), StringComparison.Ordinal)
        .Replace("{operationId}", RealNameOperation.ToString(), StringComparison.Ordinal)
        .Replace("{orderId}", Order.ToString(), StringComparison.Ordinal)
        .Replace("{bankCardId}", Order.ToString(), StringComparison.Ordinal)
        .Replace("{certificateId}", Owner.Certificate.ToString(), StringComparison.Ordinal)
        .Replace("{sessionId}", Session.SessionId.ToString(), StringComparison.Ordinal)
        .Replace("{openingId}", Opening.ToString(), StringComparison.Ordinal)
        .Replace("{fileId}", "F-1", StringComparison.Ordinal)
        .Replace("{sealingSessionId}", Sealing.ToString(), StringComparison.Ordinal)
        .Replace("{creditCode}", Owner.Enterprise.CreditCode, StringComparison.Ordinal)
        .Replace("{deviceId}", Owner.Phone.Login!.DeviceId.ToString(), StringComparison.Ordinal)
        .Replace("{document}", "user_agreement", StringComparison.Ordinal)
        .Replace("{userId}", Owner.Phone.Login!.UserId.ToString(), StringComparison.Ordinal)
        .Replace("{invitationId}", Application.ToString(), StringComparison.Ordinal)
        .Replace("{transferId}", Application.ToString(), StringComparison.Ordinal)
        .Replace("{authorisationId}", Application.ToString(), StringComparison.Ordinal)
        .Replace("{remittanceId}", Application.ToString(), StringComparison.Ordinal)
        .Replace("{platformId}", CertifiedPhone.PlatformId, StringComparison.Ordinal)
        .Replace("{sealSetId}", SealSet.ToString(), StringComparison.Ordinal)
        .Replace("{kind}", "enterprise", StringComparison.Ordinal)
        .Replace("{messageId}", "nothing", StringComparison.Ordinal)
        + Query(template);

    /// <summary>What an endpoint cannot do without in its query.</summary>
    public string Query(string template) => template switch
    {
        Routes.Phone.Blobs => "?purpose=licence",
        Routes.Phone.Enterprises => $"?creditCode={Owner.Enterprise.CreditCode}",
        Routes.Phone.EnterpriseSearch => $"?text={Owner.Enterprise.CreditCode}",
        Routes.Phone.SessionDocuments => $"?certificateId={Owner.Certificate}",
        // An open session's stream ends after this.
        Routes.Platforms.SessionEvents => "?timeoutMs=50",
        _ => "",
    };

    /// <summary>Everything the owner and the platform can see: equal before and after whatever was refused.</summary>
    public async Task<string> SnapshotAsync()
    {
        var me = await Owner.Client.GetMeAsync();
        var status = await Platform.GetAsync(Session.SessionId);
        return string.Join('\n', [
            JsonSerializer.Serialize(me with { ServerTime = default }, BztJson.Default.Me),
            JsonSerializer.Serialize(await Owner.Client.GetApplicationsAsync(), BztJson.Default.IReadOnlyListApplicationInfo),
            JsonSerializer.Serialize(await Owner.Client.GetOrderAsync(Order), BztJson.Default.OrderInfo),
            JsonSerializer.Serialize(await Owner.Client.GetSealSetAsync(SealSet), BztJson.Default.SealSetInfo),
            JsonSerializer.Serialize(await Owner.Client.GetEnterpriseSealsAsync(Owner.Enterprise.CreditCode), BztJson.Default.EnterpriseSealsInfo),
            JsonSerializer.Serialize(await Owner.Client.GetCertificatesAsync(), BztJson.Default.IReadOnlyListCertificateInfo),
            JsonSerializer.Serialize(await Owner.Client.GetInboxAsync(), BztJson.Default.InboxPage),
            JsonSerializer.Serialize((await Owner.Client.GetEvidenceAsync(Owner.Certificate)).Entries.Select(entry => entry.Sequence)),
            JsonSerializer.Serialize(await Platform.GetSealingSessionAsync(Sealing), BztJson.Default.SealingSessionStatus),
            JsonSerializer.Serialize(status, BztJson.Default.SessionStatus)]);
    }

    /// <summary>A refusal as every refusal has to be: a problem with a stable code, a status that blames the caller, nothing of our inside.</summary>
    public static string? Fault(string what, Answer answer)
    {
        if (answer.Status is < 400 or >= 500)
        {
            return $"{what}: {answer.Status} {answer.Body}";
        }

        return answer.Code is { } code && Codes.Contains(code) && !answer.Body.Contains("   at ", StringComparison.Ordinal) && !answer.Body.Contains("Exception", StringComparison.Ordinal)
            ? null
            : $"{what}: not a problem document of ours: {answer.Body}";
    }

    internal static string ThumbprintOf(EcdsaDeviceKey key) => DpopProofs.ThumbprintOf(key.PublicKey);

    /// <summary>Adds to the gateway's composition.</summary>
    protected virtual void Configure(WebApplicationBuilder builder)
    {
    }

    internal EcdsaDeviceKey ToolKey => toolKey;

    internal static async Task<IReadOnlyList<Operation>> ReadOperationsAsync(EmbeddedSystem system)
    {
        var document = JsonNode.Parse(await system.Gateway.GetStringAsync("/openapi/v1.json"))!;
        // The token endpoint is OAuth's: it answers as RFC 6749 says, which the tests of client credentials hold it to.
        return [.. document["paths"]!.AsObject().Where(path => path.Key != Routes.Token).SelectMany(path => path.Value!.AsObject().Select(operation =>
        {
            var body = operation.Value!["requestBody"]?["content"]?.AsObject();
            var schema = body?["application/json"]?["schema"];
            var resolved = schema?["$ref"]?.GetValue<string>() is { } reference
                ? document["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]
                : schema;
            return new Operation(HttpMethod.Parse(operation.Key.ToUpperInvariant()), path.Key, resolved?.AsObject(), body is not null);
        }))];
    }
}
