using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Evidence;
using Bzt.Grains.Sealing;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Rounds;

namespace Bzt.Tests.Sealing;

/// <summary>What the certificate's state lets a sealing session do: pure.</summary>
public sealed class SealingRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly CertificateId Id = new(new Guid("019ab000-0000-7000-8000-000000000001"));
    private static readonly SealingId Sealing = new(new Guid("019ab000-0000-7000-8000-000000000002"));
    private static readonly CertificateCaller Holder = new(new UserId(Id.Value), new DeviceId(Id.Value));
    private static readonly AskSealing Bounds = new(Sealing, new PlatformId("yichang-ggzy"), "平台", "P-1", "项目", 3, true, Now.AddHours(1));

    [Fact]
    public void Nothing_is_signed_before_the_bounds_are_and_a_proposal_lapses()
    {
        var asked = Ask(Active(), Bounds);
        Assert.Equal(SealingSessionState.Proposed, SealingRules.Find(asked, Sealing, Now)!.State);
        Assert.Equal(RefusalCode.SealingSessionNotConfirmed, Use(asked, Now));
        Assert.Equal(SealingSessionEnd.NotConfirmed, SealingRules.Find(asked, Sealing, Now.AddMinutes(10))!.End);

        // Signed too late it begins nothing.
        Assert.Equal(RefusalCode.SealingSessionEnded, Use(SealingRules.Confirm(asked, asked.Tasks.Single(), Now.AddMinutes(10)), Now.AddMinutes(10)));
        Assert.Null(Use(Running(), Now));
    }

    [Fact]
    public void Only_the_holder_on_his_phone_asks_and_once_for_each_project()
    {
        Assert.Equal(RefusalCode.NotFound, SealingRules.Ask(Active(), Holder with { User = new UserId(Sealing.Value) }, Bounds, Now).Refusal!.Code);
        Assert.Equal(RefusalCode.Forbidden, SealingRules.Ask(Active(), Holder with { Device = new DeviceId(Sealing.Value) }, Bounds, Now).Refusal!.Code);
        var running = Running();
        Assert.Null(SealingRules.Ask(running, Holder, Bounds, Now).Refusal);
        Assert.Equal(RefusalCode.IdempotencyConflict, SealingRules.Ask(running, Holder, Bounds with { MaxDocuments = 4 }, Now).Refusal!.Code);
        var another = Bounds with { Sealing = new SealingId(Guid.NewGuid()) };
        Assert.Equal(RefusalCode.SealingSessionTooMany, SealingRules.Ask(running, Holder, another, Now).Refusal!.Code);
        Assert.Null(SealingRules.Ask(running, Holder, another with { ProjectId = "P-2" }, Now).Refusal);
        Assert.Null(SealingRules.Ask(SealingRules.End(running, Sealing, SealingSessionEnd.StoppedByHolder, Now), Holder, another, Now).Refusal);
    }

    [Fact]
    public void Count_and_time_are_bounds_and_a_request_is_served_once()
    {
        var running = Running();
        var (one, two) = (new SessionId(Guid.NewGuid()), new SessionId(Guid.NewGuid()));
        Assert.Equal(RefusalCode.SealingSessionBoundReached, Use(running, Now, one, 4));
        var used = SealingRules.Use(running, Sealing, one, 2, Now);
        Assert.Equal(RefusalCode.SessionEnded, Use(used, Now, one));
        Assert.Equal(RefusalCode.SealingSessionBoundReached, Use(used, Now, two, 2));
        Assert.Null(Use(used, Now.AddHours(1).AddTicks(-1), two));
        Assert.Equal(RefusalCode.SealingSessionEnded, Use(used, Now.AddHours(1), two));
        var full = SealingRules.Find(SealingRules.Use(used, Sealing, two, 1, Now), Sealing, Now)!;
        Assert.Equal((3, SealingSessionState.Ended, SealingSessionEnd.CountReached), (full.Used, full.State, full.End));
    }

    [Fact]
    public void Paused_it_signs_with_the_pin_only_and_the_first_end_stays()
    {
        var paused = SealingRules.Pause(Running(), Sealing, Now);
        Assert.Equal(RefusalCode.SealingSessionEnded, Use(paused, Now));
        Assert.Null(SealingRules.RefuseUse(paused, Sealing, new SessionId(Id.Value), 1, automatically: false, Now));
        var (asked, refusal) = SealingRules.AskResumption(paused, Sealing, Id.Value, Now);
        Assert.Null(refusal);
        Assert.Null(Use(SealingRules.Confirm(asked, asked.Tasks.Single(task => task.Id == Id.Value), Now), Now));

        var ended = SealingRules.End(asked, Sealing, SealingSessionEnd.StoppedByAdministrator, Now);
        Assert.Same(ended, SealingRules.End(ended, Sealing, SealingSessionEnd.StoppedByHolder, Now));
        Assert.Same(ended, SealingRules.Pause(ended, Sealing, Now));
        Assert.DoesNotContain(ended.Tasks, task => task.Target == Sealing.ToString());
        Assert.Equal(RefusalCode.SealingSessionEnded, SealingRules.AskResumption(ended, Sealing, Guid.NewGuid(), Now).Refusal!.Code);
        Assert.Equal(RefusalCode.SealingSessionEnded, Use(SealingRules.Confirm(ended, asked.Tasks.Single(task => task.Id == Id.Value), Now), Now));
    }

    [Fact]
    public void Whatever_locks_or_ends_the_certificate_ends_them()
    {
        var running = Running();
        Assert.Same(running, SealingRules.Follow(running, Now));
        (CertificateRecord Record, SealingSessionEnd End)[] ends =
        [
            (running with { RevokedAt = Now }, SealingSessionEnd.CertificateUnusable),
            (running with { HolderRemovedAt = Now }, SealingSessionEnd.NotAuthorised),
            (running with { Shares = running.Shares! with { IsFrozen = true } }, SealingSessionEnd.CertificateUnusable),
            (running with { Shares = null, ActivatedAt = null }, SealingSessionEnd.CertificateUnusable),
            (running with { Shares = running.Shares! with { Pin = new PinCounter(5, Now.AddMinutes(30)) } }, SealingSessionEnd.PinLocked),
        ];
        foreach (var (record, end) in ends)
        {
            var followed = SealingRules.Follow(record, Now);
            Assert.Equal(end, SealingRules.Find(followed, Sealing, Now)!.End);
            Assert.Equal(CertificateOutbox.Sealing, followed.Outbox.Items[^1].Kind);

            // Unlocked, it stays ended.
            Assert.Equal(RefusalCode.SealingSessionEnded, Use(followed with { Shares = running.Shares, RevokedAt = null, HolderRemovedAt = null, ActivatedAt = Now }, Now.AddMinutes(31)));
        }
    }

    [Fact]
    public void What_is_signed_says_the_bounds_and_nothing_else_is_the_same()
    {
        var bounds = new Contracts.Phone.SealingBounds(Sealing.Value, "yichang-ggzy", "平台", "P-1", "项目", "企业", 50, true, Now.AddHours(1));
        Assert.Equal(["企业", "平台（yichang-ggzy）", "项目（P-1）", "仅签章，不含解密、登录、绑定", "50份", "2026-11-25 17:00:00", "自动确认：范围内的签章不再逐次询问", Sealing.ToString()],
            bounds.ToBeginning().Facts.Select(fact => fact.Value));
        Contracts.Phone.SealingBounds[] others =
        [
            bounds with { PlatformId = "other" }, bounds with { ProjectId = "P-2" }, bounds with { EnterpriseName = "别的" }, bounds with { MaxDocuments = 51 },
            bounds with { Automatic = false }, bounds with { ExpiresAt = Now.AddHours(2) }, bounds with { SealingSessionId = Id.Value },
        ];
        Assert.Equal(9, others.Select(other => Convert.ToHexString(other.ToBeginning().Content))
            .Append(Convert.ToHexString(bounds.ToBeginning().Content)).Append(Convert.ToHexString(bounds.ToResumption(Sealing.Value).Content)).Distinct().Count());
    }

    private static CertificateRecord Ask(CertificateRecord record, AskSealing bounds)
    {
        var (asked, refusal) = SealingRules.Ask(record, Holder, bounds, Now);
        Assert.Null(refusal);
        return asked;
    }

    private static CertificateRecord Running()
    {
        var asked = Ask(Active(), Bounds);
        return SealingRules.Confirm(asked, asked.Tasks.Single(), Now);
    }

    private static RefusalCode? Use(CertificateRecord record, DateTimeOffset now, SessionId? session = null, int documents = 1) =>
        SealingRules.RefuseUse(record, Sealing, session ?? new SessionId(Id.Value), documents, automatically: true, now)?.Code;

    private static CertificateRecord Active() => new()
    {
        Created = new CreateCertificate(
            new Bzt.Grains.ApplicationId(Id.Value), "1", Holder.User, Holder.Device, [4, 5], new CreditCode("91420500MA49ABCD28"), "宜昌测试有限公司",
            new CaId("yichang-ca"), "宜昌CA", "hubei", new CertificateSubject("宜昌测试有限公司", null, null)),
        Shares = new KeyShareState { KeyId = Id.ToString(), DeviceId = Id.ToString(), PublicKey = [4], SealedShare = [], KeygenTranscript = [] },
        ActivatedAt = Now,
        Evidence = EvidenceLog.Begin(new byte[32]),
    };
}
