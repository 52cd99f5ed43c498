using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Evidence;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Certificates;

/// <summary>Somebody with the phone in hand and the database's password sets the count of wrong PINs back: it gives no further guess.</summary>
[Collection(CertificateSystem.Name)]
public sealed class PinSealTests(CertificateSystem certificates)
{
    [Fact]
    [Trait("Feature", "X01"), Trait("Surface", "api")]
    public async Task A_count_that_was_set_back_in_the_store_is_refused_and_noticed()
    {
        using var phone = await CertifiedPhone.ActiveAsync(certificates.System);
        var platform = await phone.PlatformAsync();
        await SignAsync(phone);
        await certificates.ForgetAsync(phone.Certificate);
        var older = await certificates.StoredAsync(phone.Certificate);
        for (var tries = 0; tries < 3; tries++)
        {
            var (_, guess) = await phone.BindSessionAsync(platform);
            Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(guess, CertifiedPhone.WrongPin));
        }

        await certificates.ForgetAsync(phone.Certificate);
        var genuine = await certificates.StoredAsync(phone.Certificate);
        Assert.Equal(3, genuine.Shares!.Pin.Failures);
        using var alarm = new AlteredAlarm(certificates.System.Services, phone.Certificate);

        // Set back; set back without the seal; a lock that ended early; a reset that nobody approved; a seal of nobody's; the whole row of before the tries,
        // as it was, and as if it were ahead of its evidence: far, just, where that is, nowhere.
        var shares = genuine.Shares;
        foreach (var forged in (CertificateRecord[])
            [
                genuine with { Shares = shares with { Pin = new PinCounter() } },
                genuine with { Shares = shares with { Pin = new PinCounter() }, PinSeal = null },
                genuine with { Shares = shares with { Pin = shares.Pin with { LockedUntil = DateTimeOffset.UnixEpoch } } },
                genuine with { Shares = shares with { Approval = new DepositApproval("pin-reset/1", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue) } },
                genuine with { PinSeal = RandomNumberGenerator.GetBytes(genuine.PinSeal!.Length) },
                older,
                Ahead(1_000_000),
                Ahead(genuine.Evidence!.Sequence + 1),
                Ahead(genuine.Evidence.Sequence),
                Ahead(-1),
                Ahead(long.MaxValue),
            ])
        {
            await certificates.ReplaceAsync(phone.Certificate, forged);
            var before = alarm.Raised;
            var (session, scanned) = await phone.BindSessionAsync(platform);
            await ClaimSteps.RefusedAsync(ErrorCodes.CertificateStateAltered, () => phone.Client.OpenRequestAsync(scanned, phone.Certificate));
            Assert.True(alarm.Raised > before);
            Assert.Equal(SessionEnd.CertificateUnusable, (await platform.WaitAsync(session.SessionId)).End);

            // Another write of the certificate's does not make it good.
            var caller = new CertificateCaller(new UserId(phone.Phone.Login!.UserId), new DeviceId(phone.Phone.Login.DeviceId));
            Assert.IsType<Done<CertificateTask>>(await certificates.System.Grains.Certificate(new CertificateId(phone.Certificate)).AskRevocation(caller, Guid.NewGuid(), insist: true));
            await certificates.ForgetAsync(phone.Certificate);
            var kept = await certificates.StoredAsync(phone.Certificate);
            Assert.Equal(forged.Shares!.Pin, kept.Shares!.Pin);
            Assert.Equal(forged.PinSeal, kept.PinSeal);
        }

        // The silo's own row: the count stands, after a restart too, and the right PIN takes it away.
        await certificates.ReplaceAsync(phone.Certificate, genuine);
        await certificates.System.RestartAsync();
        await phone.ReconnectAsync();
        Assert.Equal(2, (await phone.Client.GetCertificateAsync(phone.Certificate)).TriesLeft);
        await SignAsync(phone);
        Assert.Equal(5, (await phone.Client.GetCertificateAsync(phone.Certificate)).TriesLeft);

        CertificateRecord Ahead(long sequence) => older with { Evidence = older.Evidence! with { Sequence = sequence } };
    }

    /// <summary>Who has not tried a PIN yet writes the row too: what was put back is not made the newest by that.</summary>
    [Fact]
    public async Task A_row_that_was_put_back_is_not_sealed_anew_by_what_needs_no_pin()
    {
        using var phone = await CertifiedPhone.ActiveAsync(certificates.System);
        var login = phone.Phone.Login!;
        var (id, caller) = (new CertificateId(phone.Certificate), new PinCaller(new UserId(login.UserId), new DeviceId(login.DeviceId), Limited: false));
        await phone.AskResetAsync();
        await certificates.ForgetAsync(phone.Certificate);
        var older = await certificates.StoredAsync(phone.Certificate);
        await SignAsync(phone);
        await certificates.ForgetAsync(phone.Certificate);
        using var alarm = new AlteredAlarm(certificates.System.Services, phone.Certificate);

        // An objection is heard, and is written; the seal stays the older row's, and fits no more.
        await certificates.ReplaceAsync(phone.Certificate, older);
        Assert.IsType<Done<PinResetView>>(await certificates.System.Grains.CertificatePin(id).StopPinReset(caller));
        Assert.True(alarm.Raised > 0);
        await certificates.ForgetAsync(phone.Certificate);
        var stopped = await certificates.StoredAsync(phone.Certificate);
        Assert.Equal((PinResetEnd.Withdrawn, null), (stopped.Pin!.Reset!.End, stopped.Shares!.Approval));
        Assert.Equal(older.PinSeal, stopped.PinSeal);

        // A code is asked of nobody for what would be refused after it.
        foreach (var row in (CertificateRecord[])[older with { Pin = null }, stopped])
        {
            await certificates.ReplaceAsync(phone.Certificate, row);
            var certificate = new CertificateCaller(caller.User, caller.Device);
            Assert.Equal(RefusalCode.CertificateStateAltered, CodeOf(await certificates.System.Grains.CertificatePin(id).RequestPinReset(new RequestPinReset(Guid.NewGuid(), certificate, "000000"))));
            Assert.Equal(RefusalCode.CertificateStateAltered, CodeOf(await certificates.System.Grains.CertificatePin(id).ApprovePinChange(new ApprovePinChange(Guid.NewGuid(), certificate, "000000"))));
        }

        static RefusalCode? CodeOf<T>(Reply<T> reply) => reply is Refused<T>(var refusal) ? refusal.Code : null;
    }

    /// <summary>Links wait in the row's outbox while the evidence cannot be written, over the end of a page too; the row is ahead of it, and nobody is refused.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    public async Task A_row_whose_links_are_on_their_way_is_the_newest(int length)
    {
        using var phone = await CertifiedPhone.ActiveAsync(certificates.System);
        await certificates.ForgetAsync(phone.Certificate);
        await LengthenAsync(phone, length);
        using var alarm = new AlteredAlarm(certificates.System.Services, phone.Certificate);
        certificates.Store.Strike = write => write.Subject.StartsWith("evidence/", StringComparison.Ordinal) && write.Subject.Contains(phone.Certificate.ToString(), StringComparison.Ordinal) ? WriteFault.NotPersisted : null;
        try
        {
            for (var times = 0; times < 3; times++)
            {
                await SignAsync(phone);
                await certificates.ForgetAsync(phone.Certificate);
                Assert.Equal(times + 1, (await certificates.StoredAsync(phone.Certificate)).Outbox.Items.Count(item => item.Kind == CertificateOutbox.Evidence));
            }
        }
        finally
        {
            certificates.Store.Strike = null;
        }

        await SignAsync(phone);
        Assert.Equal(4, (await phone.EvidenceAsync()).Entries.Count(entry => entry.Kind == EvidenceKind.Signed && entry.Request != Guid.Empty));
        await certificates.ForgetAsync(phone.Certificate);
        await SignAsync(phone);
        Assert.Equal(0, alarm.Raised);
    }

    /// <summary>Links of somebody's making, in the outbox of a row that was put back: they would have to lead to its head.</summary>
    [Fact]
    public void Only_links_that_lead_from_the_evidence_to_the_head_make_a_row_the_newest()
    {
        var (id, holder) = (new CertificateId(Guid.NewGuid()), new UserId(Guid.NewGuid()));
        var (first, one) = Next(EvidenceLog.Begin(new byte[EvidenceLog.SaltLength]));
        var (second, two) = Next(first);
        var (third, three) = Next(second);
        var (_, forged) = Next(second);
        var empty = EvidenceLog.Begin(first.Salt);

        Assert.True(GoesOn(empty, null));
        Assert.True(GoesOn(third, null, one, two, three));
        Assert.True(GoesOn(third, one, two, three));
        Assert.True(GoesOn(third, two, one, two, three));
        Assert.True(GoesOn(third, three, three));
        Assert.True(GoesOn(third, three));

        // Behind; a link missing, in the outbox or in the evidence; others than the head's; a head without its number.
        Assert.False(GoesOn(second, three));
        Assert.False(GoesOn(empty, one));
        Assert.False(GoesOn(third, two));
        Assert.False(GoesOn(third, null, two, three));
        Assert.False(GoesOn(third, null, one, three));
        Assert.False(GoesOn(third, one, three));
        Assert.False(GoesOn(third, two, forged));
        Assert.False(GoesOn(third, forged, three));
        Assert.False(GoesOn(third, two, three with { Sequence = 4 }));
        Assert.False(GoesOn(second with { Sequence = 3 }, two));
        Assert.False(GoesOn(second with { Sequence = 3 }, two, two));
        Assert.False(GoesOn(second with { Sequence = 4 }, three, forged with { Sequence = 4, Previous = third.Hash }));

        (EvidenceLog, EvidenceRecord) Next(EvidenceLog log) => log.Append(id, holder, DateTimeOffset.UnixEpoch, EvidenceKind.Signed, Guid.NewGuid(), [], []);

        bool GoesOn(EvidenceLog head, EvidenceRecord? newest, params EvidenceRecord[] outbox) =>
            EvidenceLead.Links(id, head, outbox.Aggregate(Outbox.Empty, (all, link) => all.AddEvidence(id, link))) is { } links && EvidenceLead.GoesOn(id, head, links, newest);
    }

    /// <summary>As if that many things had happened to the certificate.</summary>
    private async Task LengthenAsync(CertifiedPhone phone, int length)
    {
        var id = new CertificateId(phone.Certificate);
        var before = await certificates.StoredAsync(phone.Certificate);
        var head = before.Evidence!;
        while (head.Sequence < length)
        {
            (head, var link) = head.Append(id, before.Created!.Holder, DateTimeOffset.UnixEpoch, EvidenceKind.Signed, Guid.Empty, [], []);
            await certificates.System.Grains.Evidence(id, EvidencePages.PageOf(link.Sequence)).Append(link);
        }

        var longer = before with { Evidence = head, Outbox = before.Outbox.Trim(before.Outbox.LastSequence) };
        await certificates.ReplaceAsync(phone.Certificate, PinSeal.Put(certificates.System.Services.GetRequiredService<IKeyProtector>(), id, before, longer));
    }

    [Fact]
    public async Task A_row_from_before_counts_were_sealed_goes_on_and_is_sealed_with_its_next_write()
    {
        using var phone = await CertifiedPhone.ActiveAsync(certificates.System);
        await SignAsync(phone);
        await certificates.ForgetAsync(phone.Certificate);
        var today = await certificates.StoredAsync(phone.Certificate);
        Assert.NotNull(today.PinSeal);

        var shares = today.Shares!;
        await certificates.ReplaceAsync(phone.Certificate, today with
        {
            PinSeal = null,
            Shares = shares with
            {
                SealedShare = AsBefore(shares, shares.Epoch, shares.SealedShare),
                Pending = shares.Pending! with { SealedShare = AsBefore(shares, shares.Pending.Epoch, shares.Pending.SealedShare) },
            },
        });
        var (_, guess) = await phone.BindSessionAsync(await phone.PlatformAsync());
        Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(guess, CertifiedPhone.WrongPin));
        await certificates.ForgetAsync(phone.Certificate);
        var counted = await certificates.StoredAsync(phone.Certificate);
        Assert.NotNull(counted.PinSeal);

        await certificates.ReplaceAsync(phone.Certificate, counted with { Shares = counted.Shares! with { Pin = new PinCounter() } });
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        await ClaimSteps.RefusedAsync(ErrorCodes.CertificateStateAltered, () => phone.Client.OpenRequestAsync(scanned, phone.Certificate));
        await certificates.ReplaceAsync(phone.Certificate, counted);
        await SignAsync(phone);
    }

    /// <summary>As the release before sealed a share: under its own purpose, at the same place.</summary>
    private byte[] AsBefore(KeyShareState shares, int epoch, byte[] sealedShare)
    {
        var protector = certificates.System.Services.GetRequiredService<IKeyProtector>();
        var place = TaggedHash.Hash("seal", TaggedHash.Part(shares.KeyId), TaggedHash.Part("d2"), TaggedHash.Part(epoch), TaggedHash.Part(""));
        using var share = protector.Unprotect("certificate/share/counted", place, sealedShare);
        return protector.Protect("certificate/share", place, share.Span);
    }

    private static async Task SignAsync(CertifiedPhone phone)
    {
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, CertifiedPhone.Pin));
    }
}
