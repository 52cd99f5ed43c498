using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Applications;
using Bzt.Tests.Platforms;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Openings;

/// <summary>X16: an opening whose times were moved.</summary>
[Collection(PlatformSystemCollection.Name)]
public sealed class OpeningChangeTests(PlatformSystem world)
{
    [Fact]
    [Trait("Feature", "X16"), Trait("Surface", "api")]
    public async Task An_opening_moves_later_while_it_is_still_to_come_and_its_bidders_and_records_are_told()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        using var stranger = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        var clock = world.System.Clock;
        var project = new ProjectInfo($"P-{Guid.NewGuid():N}", "某桥梁工程", DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds() + 300));
        var announced = new CreateOpeningRequest(
            project, project.OpeningTime.AddMinutes(30), [new OpeningFile("F-1", "投标文件", world.Phone.Enterprise, new byte[32]), new OpeningFile("F-2", "投标文件", OpeningTests.Rival, new byte[32])]);
        var id = (await party.Client.CreateOpeningAsync(announced)).OpeningId;
        var postponed = new ChangeOpeningRequest("开标场地调整") { OpeningTime = project.OpeningTime.AddMinutes(5), Deadline = announced.Deadline.AddMinutes(5) };

        // Not by another, not earlier, not without a reason, not for longer than a day; once, however often it is said.
        Assert.Equal(ErrorCodes.NotFound, await RefusalAsync(postponed, stranger));
        Assert.Equal(ErrorCodes.OpeningNotEarlier, await RefusalAsync(postponed with { OpeningTime = null, Deadline = announced.Deadline }));
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(postponed with { Reason = "" }));
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(new ChangeOpeningRequest("没有新的时间")));
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(postponed with { Deadline = announced.Deadline.AddDays(2) }));
        var never = new DateTimeOffset(9999, 12, 31, 20, 0, 0, TimeSpan.Zero);
        Assert.Equal(ErrorCodes.InvalidRequest, await RefusalAsync(postponed with { OpeningTime = never.AddHours(-1), Deadline = never }));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.CreateOpeningAsync(announced with { Project = project with { OpeningTime = never.AddHours(-1) }, Deadline = never })));
        var moved = await party.Client.ChangeOpeningAsync(id, postponed, "once");
        Assert.Equal((OpeningState.Announced, postponed.OpeningTime, postponed.Deadline), (moved.State, moved.Project.OpeningTime, moved.Deadline));
        Assert.Single((await party.Client.ChangeOpeningAsync(id, postponed, "once")).Changes);
        Assert.Equal(ErrorCodes.IdempotencyConflict, await Refusal.OfAsync(() => party.Client.ChangeOpeningAsync(id, postponed with { Reason = "另一原因" }, "once")));

        // The phone is told: what, until when, and why.
        var inbox = await Wait.UntilAsync(() => world.Phone.Client.GetInboxAsync(), list => list.Messages.Any(message => message.Kind == MessageKind.OpeningChanged && message.Subject == id.ToString("D")));
        var told = inbox.Messages.Single(message => message.Kind == MessageKind.OpeningChanged && message.Subject == id.ToString("D"));
        Assert.Equal("开标时间已调整", told.Title);
        Assert.Contains("开标场地调整", told.Body, StringComparison.Ordinal);

        // The time that was announced first is none any more; the one that came cannot be moved, the deadline can.
        var envelopes = await Envelopes.OfAsync(world.Phone, party.Id, project);
        clock.Advance(TimeSpan.FromMinutes(6));
        await world.Phone.ReconnectAsync();
        Assert.Equal(ErrorCodes.OpeningNotBegun, await Refusal.OfAsync(AskAsync));
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(ErrorCodes.OpeningBegun, await RefusalAsync(postponed with { OpeningTime = postponed.OpeningTime.Value.AddMinutes(10), Deadline = null }));
        var extended = new ChangeOpeningRequest("网络故障") { Deadline = postponed.Deadline.Value.AddMinutes(15) };
        Assert.Equal(2, (await party.Client.ChangeOpeningAsync(id, extended)).Changes.Count);

        // Over a restart: past the deadline before it, bids are still opened; past its own nobody is asked, and nothing moves.
        clock.Advance(postponed.Deadline.Value - clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        await world.RestartAsync(party, stranger);
        Assert.Equal(OpeningState.Running, (await party.Client.GetOpeningAsync(id)).State);
        var asked = await AskAsync();
        clock.Advance(extended.Deadline.Value - clock.GetUtcNow());
        Assert.Equal(ErrorCodes.OpeningEnded, await Refusal.OfAsync(AskAsync));
        Assert.Equal(ErrorCodes.OpeningEnded, await RefusalAsync(extended with { Deadline = extended.Deadline.Value.AddHours(1) }));

        // Every record says what was announced, what holds, and why.
        await Wait.UntilAsync(() => party.Client.GetOpeningAsync(id), status => status.Files.All(file => file.Judgement.Verdict == OpeningVerdict.NotOpened));
        var key = (await ChannelTrust.FetchAsync(world.System.Gateway)).EvidenceKey;
        var record = await party.Client.GetOpeningRecordAsync(id, "F-1");
        Assert.Equal(EvidenceFault.None, record.Verify(key));
        Assert.Equal(asked.SessionId, record.Record.Events[0].Session);
        Assert.Equal(
            [("开标场地调整", project.OpeningTime, announced.Deadline, postponed.OpeningTime, postponed.Deadline), ("网络故障", postponed.OpeningTime, postponed.Deadline, postponed.OpeningTime, extended.Deadline)],
            record.Record.Changes.Select(change => (change.Reason, (DateTimeOffset?)change.FromOpensAt, (DateTimeOffset?)change.FromDeadline, (DateTimeOffset?)change.OpensAt, (DateTimeOffset?)change.Deadline)));
        Assert.Equal((postponed.OpeningTime, extended.Deadline), (record.Record.OpensAt, record.Record.Deadline));
        Assert.Equal(EvidenceFault.BadSignature, (record with { Record = record.Record with { Changes = [.. record.Record.Changes.Take(1)] } }).Verify(key));
        await world.Phone.ReconnectAsync();

        Task<OpenedSession> AskAsync() => party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt)
        {
            Project = project, Decryption = envelopes.Request(["F-1"]), Opening = new OpeningReference(id, ["F-1"]),
        });

        Task<string> RefusalAsync(ChangeOpeningRequest change, RelyingParty? by = null) => Refusal.OfAsync(() => (by ?? party).Client.ChangeOpeningAsync(id, change));
    }
}
