using System.Security.Cryptography;
using System.Text;
using Bzt.BidTool.Sessions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Applications;
using Bzt.Tests.Platforms;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Openings;

/// <summary>X16: a bid that its bidder opened with a CA lock.</summary>
[Collection(PlatformSystemCollection.Name)]
public sealed class OpeningLockTests(PlatformSystem world)
{
    [Fact]
    [Trait("Feature", "X16"), Trait("Surface", "api")]
    public async Task What_a_bidder_says_of_its_lock_neither_stands_against_the_platforms_word_nor_takes_a_sessions_place()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        var project = new ProjectInfo($"P-{Guid.NewGuid():N}", "某隧道工程", world.System.Clock.GetUtcNow());
        var id = (await party.Client.CreateOpeningAsync(new CreateOpeningRequest(project, project.OpeningTime.AddMinutes(30), [new OpeningFile("F-1", "投标文件", world.Phone.Enterprise, new byte[32])]))).OpeningId;
        using var key = new EcdsaDeviceKey();
        var token = (await party.Client.CreateProjectTokenAsync(new ProjectTokenRequest(
            project, world.Phone.Enterprise.CreditCode, DpopProofs.ThumbprintOf(key.PublicKey), 3600))).Token;

        // The number that the platform's session will have: who knows its idempotency key can compute it.
        var next = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"bzt/v1/session\0{party.Id}\0\0ask")).AsSpan(0, 16));
        var opened = Report(next, OpeningOutcome.Opened) with { ByLock = true };
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(opened with { Sections = [] }));
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(Report(next, OpeningOutcome.PartsRefused) with { ByLock = true }));
        Assert.Equal(OpeningVerdict.Opened, (await ByToolAsync(opened)).Judgement.Verdict);
        var number = Assert.Single((await party.Client.GetOpeningRecordAsync(id, "F-1")).Record.Events).Session;
        Assert.NotEqual(next, number);

        // The platform's own word on it, which the bidder cannot take back.
        Assert.Equal(ErrorCodes.OpeningReportRefused, await Refusal.OfAsync(() => party.Client.ReportOpeningAsync(id, "F-1", Report(next, OpeningOutcome.WrongKey))));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.ReportOpeningAsync(id, "F-1", Report(number, OpeningOutcome.PartsRefused))));
        var denied = (await party.Client.ReportOpeningAsync(id, "F-1", Report(number, OpeningOutcome.WrongKey))).Judgement;
        Assert.Equal(new OpeningJudgement(OpeningVerdict.Pending, OpeningCause.WrongKey, OpeningParty.Undetermined), denied);

        // After a restart a repeat is still one, and the session with that number is asked for and counts.
        await world.RestartAsync(party);
        Assert.Equal(denied, (await ByToolAsync(opened)).Judgement);
        var envelopes = await Envelopes.OfAsync(world.Phone, party.Id, project);
        var session = await party.Client.OpenAsync(
            new CreateSessionRequest(SessionKind.Decrypt) { Project = project, Decryption = envelopes.Request(["F-1"]), Opening = new OpeningReference(id, ["F-1"]) }, "ask");
        Assert.Equal(next, session.SessionId);
        var record = await Wait.UntilAsync(() => party.Client.GetOpeningRecordAsync(id, "F-1"), found => found.Record.Events.Count == 3);
        Assert.Equal(
            [(OpeningEventKind.OpenedByLock, number), (OpeningEventKind.Reported, number), (OpeningEventKind.Asked, next)], record.Record.Events.Select(e => (e.Kind, e.Session)));
        Assert.Equal(OpeningCause.NoAnswerYet, record.Judgement.Cause);
        await party.Client.EndOpeningAsync(id);
        record = await Wait.UntilAsync(() => party.Client.GetOpeningRecordAsync(id, "F-1"), found => found.Judgement.Verdict == OpeningVerdict.NotOpened);
        Assert.Equal((OpeningCause.Cancelled, OpeningParty.Platform), (record.Judgement.Cause, record.Judgement.Responsible));
        Assert.Equal(EvidenceFault.None, record.Verify((await ChannelTrust.FetchAsync(world.System.Gateway)).EvidenceKey));

        static OpeningReport Report(Guid session, OpeningOutcome outcome) => new(session, outcome, [new OpeningSection("投标文件", outcome)]);

        Task<string> RefusalAsync(OpeningReport report) => Refusal.OfAsync(() => ByToolAsync(report));

        async Task<OpeningFileStatus> ByToolAsync(OpeningReport report)
        {
            using var http = new HttpClient(new ToolHandler(token, key)) { BaseAddress = world.System.Address, Timeout = TimeSpan.FromSeconds(100) };
            return await new PlatformClient(http, world.System.Clock).ReportOpeningAsync(id, "F-1", report);
        }
    }
}
