using Bzt.BidTool.Sessions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Enterprises;
using Bzt.Tests.Platforms;
using static Bzt.Tests.Sealing.SealingWorld;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Sealing;

/// <summary>What a sealing session lets in: one project and enterprise at one platform, as many documents as were ticked, from its platform and the bidder's own tool.</summary>
[Trait("Surface", "api")]
public sealed class SealingBoundsTests
{
    private const string WrongPin = CertifiedPhone.WrongPin;

    [Fact]
    [Trait("Feature", "X14")]
    public async Task Nothing_outside_its_bounds_comes_in()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var (phone, platform) = (world.Boss, world.Platform);

        // Only at a request for seals in a project, and never beyond what the user may tick.
        var (_, scanned) = await world.ScanAsync(EnterpriseWorld.Login());
        using (var login = await phone.OpenAsync(scanned))
        {
            Assert.Equal(ErrorCodes.SealingSessionNotOffered, await Refusal.OfAsync(() => TickAsync(login, 50, 60)));
        }

        (_, scanned) = await world.ScanAsync(ToSeal("投标函.pdf") with { Project = null });
        using (var projectless = await phone.OpenAsync(scanned))
        {
            Assert.Equal(ErrorCodes.SealingSessionNotOffered, await Refusal.OfAsync(() => TickAsync(projectless, 50, 60)));
        }

        var (opened, request, wish) = await phone.TickAsync(platform, automatic: true, documents: 4);
        using (request)
        {
            foreach (var (documents, minutes) in ((int, int)[])[(51, 60), (0, 60), (50, 61), (50, 0)])
            {
                Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => TickAsync(request, documents, minutes)));
            }

            // Asked for and not confirmed: a wrong PIN begins nothing, the right one the same session.
            var wrong = await phone.Client.ConfirmWithSealingSessionAsync(request, wish, WrongPin);
            Assert.IsType<PinOutcome.WrongPin>(wrong.Request);
            Assert.Equal((null, SealingSessionState.Proposed), (wrong.Session, wrong.Info.State));
            Assert.Equal(ErrorCodes.SealingSessionNotConfirmed, await Refusal.OfAsync(() => platform.OpenAsync(ToSeal("清单.pdf").In(wish.SealingSessionId))));
            Assert.Equal(ErrorCodes.IdempotencyConflict, await Refusal.OfAsync(() => phone.Client.ConfirmWithSealingSessionAsync(request, wish with { MaxDocuments = 50 }, CertifiedPhone.Pin)));
            Assert.IsType<PinOutcome.Done>((await phone.Client.ConfirmWithSealingSessionAsync(request, wish, CertifiedPhone.Pin)).Session);
        }

        await platform.SealedAsync(opened.SessionId);
        var id = wish.SealingSessionId;
        (opened, request, wish) = await phone.TickAsync(platform, automatic: true);
        using (request)
        {
            Assert.Equal(ErrorCodes.SealingSessionTooMany, await Refusal.OfAsync(() => phone.Client.ConfirmWithSealingSessionAsync(request, wish, CertifiedPhone.Pin)));
        }

        // Another project, enterprise, kind, platform.
        var seal = ToSeal("清单.pdf").In(id);
        Assert.Equal(ErrorCodes.SealingSessionOtherProject, await Refusal.OfAsync(() => platform.OpenAsync(seal with { Project = Project with { ProjectId = "YC-9" } })));
        Assert.Equal(ErrorCodes.SealingSessionOtherProject, await Refusal.OfAsync(() => platform.OpenAsync(seal with { Project = null })));
        Assert.Equal(ErrorCodes.EnterpriseMismatch, await Refusal.OfAsync(() => platform.OpenAsync(seal with { Enterprise = phone.Enterprise with { Name = "别的公司" } })));
        foreach (var kind in (SessionKind[])[SessionKind.Bind, SessionKind.Login, SessionKind.Sign, SessionKind.Encrypt, SessionKind.Decrypt])
        {
            Assert.Equal(ErrorCodes.KindNotAllowed, await Refusal.OfAsync(() => platform.OpenAsync(seal with { Kind = kind })));
        }

        using var other = await RelyingParty.RegisterAsync(world.System);
        await phone.BindToAsync(other.Client);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.OpenAsync(seal)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.GetSealingSessionAsync(id)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.EndSealingSessionAsync(id)));

        // The bid tool of this bidder on this project may; on another project it is as if there were none.
        using (var tool = await ToolAsync(world, Project))
        {
            var pushed = await tool.Client.OpenAsync(seal);
            Assert.Equal(1, (await phone.Client.AnswerSealingSessionAsync(id)).Signed);
            await tool.Client.SealedAsync(pushed.SessionId);
        }

        using (var tool = await ToolAsync(world, Project with { ProjectId = "YC-9" }))
        {
            Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => tool.Client.OpenAsync(seal)));
            Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => tool.Client.EndSealingSessionAsync(id)));
        }

        // Three are left: of six that come at once three are let in, and a repeat is the same one.
        var racing = await Task.WhenAll(Enumerable.Range(0, 6).Select(async number =>
        {
            try
            {
                return await platform.OpenAsync(ToSeal($"{number}.pdf").In(id));
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.SealingSessionBoundReached)
            {
                return null;
            }
        }));
        Assert.Equal(3, racing.Count(session => session is not null));

        // Lost answers cost nothing: the same parts again, each answered once.
        phone.Net.Lose = number => number % 3 == 0;
        var look = await phone.Client.AnswerSealingSessionAsync(id);
        phone.Net.Lose = _ => false;
        Assert.Equal((SealingSessionState.Ended, SealingSessionEnd.CountReached, 4), (look.Session.State, look.Session.End, look.Session.UsedDocuments));
        foreach (var session in racing.OfType<OpenedSession>())
        {
            await platform.SealedAsync(session.SessionId);
        }

        await world.RestartAsync();
        Assert.Equal(ErrorCodes.SealingSessionEnded, await Refusal.OfAsync(() => world.Platform.OpenAsync(seal)));
        Assert.Equal(4, (await phone.EvidenceAsync()).Entries.Count(entry => entry.Facts.Any(fact => fact.Name == "sealing-session")));

        Task<SealingConfirmation> TickAsync(OpenedRequest at, int documents, int minutes) => phone.Client.ConfirmWithSealingSessionAsync(
            at, new SealingSessionRequest(Guid.CreateVersion7(), phone.Certificate, documents, minutes, Automatic: true), CertifiedPhone.Pin);
    }

    private static async Task<Tool> ToolAsync(EnterpriseWorld world, ProjectInfo project)
    {
        var key = new EcdsaDeviceKey();
        var token = await world.Platform.CreateProjectTokenAsync(new ProjectTokenRequest(project, world.Code, DpopProofs.ThumbprintOf(key.PublicKey), 3600));
        return new Tool(key, new HttpClient(new ToolHandler(token.Token, key)) { BaseAddress = world.System.Address }, world.System.Clock);
    }

    private sealed class Tool(EcdsaDeviceKey key, HttpClient http, TimeProvider clock) : IDisposable
    {
        public PlatformClient Client { get; } = new(http, clock);

        public void Dispose()
        {
            http.Dispose();
            key.Dispose();
        }
    }
}
