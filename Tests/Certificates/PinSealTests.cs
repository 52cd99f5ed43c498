using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Tests.Applications;
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

        // Set back; set back without the seal; a lock that ended early; a reset that nobody approved; a seal of nobody's; the whole row of before the tries.
        var shares = genuine.Shares;
        foreach (var forged in (CertificateRecord[])
            [
                genuine with { Shares = shares with { Pin = new PinCounter() } },
                genuine with { Shares = shares with { Pin = new PinCounter() }, PinSeal = null },
                genuine with { Shares = shares with { Pin = shares.Pin with { LockedUntil = DateTimeOffset.UnixEpoch } } },
                genuine with { Shares = shares with { Approval = new DepositApproval("pin-reset/1", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue) } },
                genuine with { PinSeal = RandomNumberGenerator.GetBytes(genuine.PinSeal!.Length) },
                older,
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
