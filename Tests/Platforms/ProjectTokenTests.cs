using Bzt.BidTool.Sessions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>What a bid tool may do with a project token: one bidder, one project, with its own key.</summary>
public sealed class ProjectTokenTests(SharedPhone shared) : IClassFixture<SharedPhone>
{
    private static readonly ProjectInfo Project = new("YC-1", "滨江路改造", new DateTimeOffset(2040, 1, 1, 1, 30, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_token_is_for_a_bound_bidder_and_has_bounds()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System);
        using var key = new EcdsaDeviceKey();
        var request = new ProjectTokenRequest(Project, shared.Phone.Enterprise.CreditCode, DpopProofs.ThumbprintOf(key.PublicKey), 3600);
        Assert.Equal(ErrorCodes.NotBound, await Refusal.OfAsync(() => party.Client.CreateProjectTokenAsync(request)));

        await shared.Phone.BindToAsync(party.Client);
        await party.Client.CreateProjectTokenAsync(request);
        foreach (var invalid in new[]
        {
            request with { LifetimeSeconds = 59 }, request with { LifetimeSeconds = 86401 }, request with { ToolKeyThumbprint = "short" },
            request with { CreditCode = "91420500MA00000010" }, request with { Project = Project with { ProjectId = "" } }, request with { Project = Project with { Name = new string('n', 201) } },
        })
        {
            Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.CreateProjectTokenAsync(invalid)));
        }
    }

    [Fact]
    public async Task A_token_serves_its_key_its_bidder_and_its_project_only()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System);
        await shared.Phone.BindToAsync(party.Client);
        using var key = new EcdsaDeviceKey();
        using var thief = new EcdsaDeviceKey();
        var token = (await party.Client.CreateProjectTokenAsync(new ProjectTokenRequest(Project, shared.Phone.Enterprise.CreditCode, DpopProofs.ThumbprintOf(key.PublicKey), 3600))).Token;
        using var toolHttp = Http(token, key);
        var tool = new PlatformClient(toolHttp, TimeProvider.System);

        // Another key's proof, the token as a Bearer token, a token somebody changed.
        using var thiefHttp = Http(token, thief);
        Assert.Equal(ErrorCodes.InvalidDpop, await Refusal.OfAsync(() => new PlatformClient(thiefHttp, TimeProvider.System).GetSignerAsync(shared.Phone.Enterprise.CreditCode)));
        using var bearerHttp = new HttpClient { BaseAddress = shared.System.Address };
        bearerHttp.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(ErrorCodes.Unauthenticated, await Refusal.OfAsync(() => new PlatformClient(bearerHttp, TimeProvider.System).GetSignerAsync(shared.Phone.Enterprise.CreditCode)));
        using var changedHttp = Http(token[..^2] + (token[^2] == 'A' ? 'B' : 'A') + token[^1], key);
        Assert.Equal(ErrorCodes.Unauthenticated, await Refusal.OfAsync(() => new PlatformClient(changedHttp, TimeProvider.System).GetSignerAsync(shared.Phone.Enterprise.CreditCode)));

        // The signer of this bidder, of no other one.
        Assert.Equal(shared.Phone.Enterprise, (await tool.GetSignerAsync(shared.Phone.Enterprise.CreditCode)).Enterprise);
        using var other = await CertifiedPhone.ReadyAsync(shared.System);
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => tool.GetSignerAsync(other.Enterprise.CreditCode)));
        Assert.Equal(ErrorCodes.NotBound, await Refusal.OfAsync(() => party.Client.GetSignerAsync(other.Enterprise.CreditCode)));
        Assert.Equal(ErrorCodes.CreditCodeInvalid, await Refusal.OfAsync(() => tool.GetSignerAsync("91420500MA00000010")));

        // No further tokens, no binding, no login.
        Assert.Equal(ErrorCodes.Forbidden, await Refusal.OfAsync(() => tool.CreateProjectTokenAsync(new ProjectTokenRequest(Project, shared.Phone.Enterprise.CreditCode, DpopProofs.ThumbprintOf(thief.PublicKey), 3600))));
        Assert.Equal(ErrorCodes.KindNotAllowed, await Refusal.OfAsync(() => tool.OpenAsync(RelyingParty.Login())));
        Assert.Equal(ErrorCodes.KindNotAllowed, await Refusal.OfAsync(() => tool.OpenAsync(RelyingParty.Bind(shared.Phone.Enterprise))));

        // The project is the token's, whatever the request says.
        Assert.Equal(ErrorCodes.DocumentRefused, await Refusal.OfAsync(() => tool.OpenAsync(Encrypt(party, Project with { ProjectId = "YC-2" }))));
        var opened = await tool.OpenAsync(Encrypt(party, Project) with { Project = Project with { ProjectId = "YC-2" } });
        var scanned = await shared.Phone.Client.ScanAsync(opened);
        Assert.Equal(Project, scanned.Session.Project);

        // Its sessions are the tool's: neither the platform nor another tool of it sees them.
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => party.Client.GetAsync(opened.SessionId)));
        Assert.Equal(SessionEnd.Cancelled, (await tool.CancelAsync(opened.SessionId)).End);
    }

    [Fact]
    public async Task Another_bidders_certificate_does_not_serve_the_token()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System);
        using var other = await CertifiedPhone.ActiveAsync(shared.System);
        await shared.Phone.BindToAsync(party.Client);
        await other.BindToAsync(party.Client);
        using var key = new EcdsaDeviceKey();
        using var http = Http((await party.Client.CreateProjectTokenAsync(new ProjectTokenRequest(Project, shared.Phone.Enterprise.CreditCode, DpopProofs.ThumbprintOf(key.PublicKey), 3600))).Token, key);
        var tool = new PlatformClient(http, TimeProvider.System);
        var opened = await tool.OpenAsync(Encrypt(party, Project));
        var scanned = await other.Client.ScanAsync(opened);
        Assert.Equal(ErrorCodes.EnterpriseMismatch, await Refusal.OfAsync(() => other.Client.OpenRequestAsync(scanned, other.Certificate)));
    }

    [Fact]
    public async Task A_token_expires_and_lives_through_a_restart()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await phone.BindToAsync(party.Client);
        using var key = new EcdsaDeviceKey();
        var token = (await party.Client.CreateProjectTokenAsync(new ProjectTokenRequest(Project, phone.Enterprise.CreditCode, DpopProofs.ThumbprintOf(key.PublicKey), 3600))).Token;
        await system.RestartAsync();
        using var http = Http(token, key, system);
        var tool = new PlatformClient(http, system.Clock);
        await tool.GetSignerAsync(phone.Enterprise.CreditCode);
        system.Clock.Advance(TimeSpan.FromSeconds(3601));
        Assert.Equal(ErrorCodes.Unauthenticated, await Refusal.OfAsync(() => tool.GetSignerAsync(phone.Enterprise.CreditCode)));
    }

    private static CreateSessionRequest Encrypt(RelyingParty party, ProjectInfo project) => new(SessionKind.Encrypt)
    {
        Project = project,
        Documents = [new DocumentRequest(SigningForms.BidManifest, new BidManifestForm(
            party.Id, project.ProjectId, project.Name, project.OpeningTime, new byte[32], [new BidSection("唱标信息", 10, new byte[32])], ["0B"]).Content)],
    };

    private HttpClient Http(string token, EcdsaDeviceKey key, EmbeddedSystem? system = null) =>
        new(new ToolHandler(token, key)) { BaseAddress = (system ?? shared.System).Address, Timeout = TimeSpan.FromSeconds(100) };
}
