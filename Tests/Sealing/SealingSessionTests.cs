using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Enterprises;
using Bzt.Tests.Platforms;
using static Bzt.Tests.Sealing.SealingWorld;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Sealing;

/// <summary>会话签章 end to end: what is pushed and what is answered, with 自动确认 and without, through restarts.</summary>
[Trait("Surface", "api")]
public sealed class SealingSessionTests
{
    private const string WrongPin = CertifiedPhone.WrongPin;

    [Fact]
    [Trait("Feature", "M071"), Trait("Feature", "X14")]
    public async Task With_automatic_confirmation_later_seals_need_no_touch()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var (phone, platform) = (world.Boss, world.Platform);
        var session = await phone.BeginAsync(platform, automatic: true, documents: 10);
        var id = session.SealingSessionId;
        var epoch = Record(phone).Epoch;
        var stored = phone.Store[phone.Certificate.ToString("D")];

        // Pushed, answered, without a touch: neither epoch nor count moves. Two documents are all or nothing.
        var request = ToSeal("一.pdf", "二.pdf").In(id);
        var two = await platform.OpenAsync(request, "two");
        Assert.Equal(two.SessionId, (await platform.OpenAsync(request, "two")).SessionId);
        var look = await phone.Client.AnswerSealingSessionAsync(id);
        Assert.Equal((2, 0), (look.Signed, look.Waiting.Count));
        Assert.Equal(2, (await platform.SealedAsync(two.SessionId)).Signatures.Count);
        Assert.Equal(stored, phone.Store[phone.Certificate.ToString("D")]);
        Assert.Equal(epoch, Record(phone).Epoch);
        Assert.Equal(0, (await phone.Client.GetCertificateAsync(phone.Certificate)).Failures);

        // By itself, as the app does it: the hub wakes it up.
        using (var stop = new CancellationTokenSource())
        {
            var running = phone.Client.RunSealingSessionAsync(id, cancellation: stop.Token);
            await platform.SealedAsync((await platform.OpenAsync(ToSeal("三.pdf").In(id))).SessionId);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }

        // The server starts again: the phone deposits anew, what was pushed before waits.
        var waiting = await platform.OpenAsync(ToSeal("四.pdf").In(id));
        await world.System.RestartAsync();
        phone.Phone.Reconnect();
        platform = await phone.PlatformAsync();
        Assert.Equal(1, (await phone.Client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(waiting.SessionId);

        // A confirmation in between moves the share in memory along.
        var login = await platform.OpenAsync(EnterpriseWorld.Login());
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(await phone.Client.ScanAsync(login), CertifiedPhone.Pin));
        Assert.Equal(epoch + 1, Record(phone).Epoch);
        var five = await platform.OpenAsync(ToSeal("五.pdf").In(id));
        Assert.Equal(1, (await phone.Client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(five.SessionId);

        // Another window of this phone confirms: the share of this one is of no use any more, and it pauses rather than spend a PIN try.
        var elsewhere = await platform.OpenAsync(EnterpriseWorld.Login());
        var window = await phone.WindowAsync();
        using (var other = Assert.IsType<RequestOpening.Opened>(await window.OpenRequestAsync(await window.ScanAsync(elsewhere), phone.Certificate)).Request)
        {
            Assert.IsType<PinOutcome.Done>(await window.ConfirmAsync(other, CertifiedPhone.Pin));
        }

        var beside = await platform.OpenAsync(ToSeal("窗.pdf").In(id));
        look = await phone.Client.AnswerSealingSessionAsync(id);
        Assert.Equal((0, SealingSessionState.Paused), (look.Signed, look.Session.State));
        Assert.IsType<PinOutcome.Done>(await phone.Client.ResumeSealingSessionAsync(id, CertifiedPhone.Pin));
        Assert.Equal(1, (await phone.Client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(beside.SessionId);

        // The app starts again: an opened share is nowhere stored. What comes in waits, the PC sees why; a wrong PIN leaves it so.
        await phone.ReconnectAsync();
        Assert.False(phone.Client.IsSealingSessionOpen(id));
        Assert.Equal(SealingSessionState.Paused, Assert.Single(await phone.Client.RecoverSealingSessionsAsync()).State);
        Assert.Equal(SealingSessionState.Paused, (await platform.GetSealingSessionAsync(id)).State);
        var six = await platform.OpenAsync(ToSeal("六.pdf").In(id));
        Assert.Single((await phone.Client.AnswerSealingSessionAsync(id)).Waiting);
        Assert.IsType<PinOutcome.WrongPin>(await phone.Client.ResumeSealingSessionAsync(id, WrongPin));
        Assert.Equal(1, (await platform.GetSealingSessionAsync(id)).WaitingDocuments);
        Assert.IsType<PinOutcome.Done>(await phone.Client.ResumeSealingSessionAsync(id, CertifiedPhone.Pin));
        Assert.Equal(1, (await phone.Client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(six.SessionId);

        // More than is left is not let in; what is left is, and is the last.
        Assert.Equal(ErrorCodes.SealingSessionBoundReached, await Refusal.OfAsync(() => platform.OpenAsync(ToSeal("七.pdf", "八.pdf", "九.pdf", "十.pdf").In(id))));
        var last = await platform.OpenAsync(ToSeal("七.pdf", "八.pdf", "九.pdf").In(id));
        look = await phone.Client.AnswerSealingSessionAsync(id);
        Assert.Equal((SealingSessionState.Ended, SealingSessionEnd.CountReached), (look.Session.State, look.Session.End));
        Assert.Equal(3, (await platform.SealedAsync(last.SessionId)).Signatures.Count);
        Assert.False(phone.Client.IsSealingSessionOpen(id));
        Assert.Equal(ErrorCodes.SealingSessionEnded, await Refusal.OfAsync(() => platform.OpenAsync(ToSeal("十.pdf").In(id))));
        await phone.Phone.MessageAsync("会话签章已结束");

        // Every request is in the log, and every signature in the chain, with the session it was in.
        await world.RestartAsync();
        var log = (await phone.Client.GetSealingSessionsAsync()).Single().Log;
        Assert.Equal(["一.pdf", "二.pdf", "三.pdf", "四.pdf", "五.pdf", "窗.pdf", "六.pdf", "七.pdf", "八.pdf", "九.pdf"], log.SelectMany(line => line.Documents));
        Assert.All(log, line => Assert.Equal(SessionEnd.Ok, line.End));
        var evidence = await phone.EvidenceAsync();
        var signed = evidence.Entries.Where(entry => entry.Kind == EvidenceKind.Signed && entry.Facts.Any(fact => fact.Name == "sealing-session" && fact.Value == id.ToString())).ToList();
        Assert.Equal((7, 10), (signed.Count, signed.Sum(entry => entry.Digests.Count)));
    }

    [Fact]
    [Trait("Feature", "M070")]
    public async Task Without_it_later_requests_come_without_a_scan_and_are_confirmed_one_by_one()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var (phone, platform) = (world.Boss, world.Platform);
        var id = (await phone.BeginAsync(platform, automatic: false, documents: 3)).SealingSessionId;
        Assert.False(phone.Client.IsSealingSessionOpen(id));

        var pushed = await platform.OpenAsync(ToSeal("清单.pdf").In(id));
        var waiting = Assert.Single((await phone.Client.AnswerSealingSessionAsync(id)).Waiting);
        Assert.Equal((pushed.SessionId, SessionState.Scanned), (waiting.SessionId, waiting.State));
        using (var request = await phone.OpenAsync(SealingLook.AsScanned(waiting)))
        {
            Assert.IsType<PinOutcome.WrongPin>(await phone.Client.ConfirmAsync(request, WrongPin));
            Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        await platform.SealedAsync(pushed.SessionId);

        // The user says no: the PC hears it, the session goes on, through a restart of everything. There is nothing to pause.
        var refused = await platform.OpenAsync(ToSeal("清单.pdf").In(id));
        await phone.Client.RefuseAsync(refused.SessionId);
        Assert.Equal(SessionEnd.Refused, (await platform.WaitAsync(refused.SessionId)).End);
        var next = await platform.OpenAsync(ToSeal("报价.pdf").In(id));
        await world.RestartAsync();
        platform = world.Platform;
        Assert.Equal(SealingSessionState.Running, Assert.Single(await phone.Client.RecoverSealingSessionsAsync()).State);
        waiting = Assert.Single((await phone.Client.AnswerSealingSessionAsync(id)).Waiting);
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(SealingLook.AsScanned(waiting), CertifiedPhone.Pin));
        await platform.SealedAsync(next.SessionId);
        var info = await Wait.UntilAsync(() => phone.Client.GetSealingSessionAsync(id), found => found.Log.All(line => line.End is not null));
        Assert.Equal([SessionEnd.Ok, SessionEnd.Refused, SessionEnd.Ok], info.Log.Select(line => line.End!.Value));
        Assert.Equal((2, 1), (info.UsedDocuments, info.RemainingDocuments));

        // Opened before the end, confirmed after it: nothing is signed.
        var late = await platform.OpenAsync(ToSeal("附件.pdf").In(id));
        waiting = Assert.Single((await phone.Client.AnswerSealingSessionAsync(id)).Waiting);
        using var open = await phone.OpenAsync(SealingLook.AsScanned(waiting));
        await platform.EndSealingSessionAsync(id);
        Assert.IsType<PinOutcome.Ended>(await phone.Client.ConfirmAsync(open, CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.Cancelled, (await platform.WaitAsync(late.SessionId)).End);
        Assert.Equal(SealingSessionEnd.StoppedByPlatform, (await phone.Client.GetSealingSessionAsync(id)).End);
    }

    private static PhoneKeyRecord Record(CertifiedPhone phone) =>
        PhoneKeyRecord.TryParse(phone.Store[phone.Certificate.ToString("D")], out var record) ? record! : throw new InvalidDataException("No record.");
}
