using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Protocol.Phone;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Orleans.Core.Internal;

namespace Bzt.Tests.Certificates;

/// <summary>Wrong PINs across the certificates of one device.</summary>
[Collection(CertificateSystem.Name)]
public class DevicePinTests(CertificateSystem certificates)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly DeviceId Device = new(new Guid("019ab000-0000-7000-8000-00000000000d"));
    private static readonly UserId Holder = new(new Guid("019ab000-0000-7000-8000-00000000000e"));

    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    [Trait("Feature", "X01"), Trait("Surface", "api")]
    public async Task A_storm_over_many_certificates_of_one_device_locks_the_device()
    {
        using var first = await CertifiedPhone.ActiveAsync(system);
        List<CertifiedPhone> held = [first];
        try
        {
            for (var more = 0; more < 3; more++)
            {
                held.Add(await ActiveNextAsync(first));
            }

            // Fourteen wrong ones, no certificate locked by itself: 4, 4, 4, 2.
            foreach (var (phone, tries) in held.Zip((int[])[4, 4, 4, 2]))
            {
                await FailAsync(phone, tries);
            }

            // A success takes its own certificate's failures away and nobody else's.
            var (_, scanned) = await held[3].BindSessionAsync(await first.PlatformAsync());
            Assert.IsType<PinOutcome.Done>(await held[3].ConfirmAsync(scanned, CertifiedPhone.Pin));
            await Wait(held[3], info => info.TriesLeft == 3);
            await FailAsync(held[3], 2);
            Assert.Equal(CertificateState.Active, (await first.Client.GetCertificateAsync(first.Certificate)).State);
            await FailAsync(held[3], 1);

            // The fifteenth: every certificate of the device stops, also for the right PIN, and after a restart too.
            await system.RestartAsync();
            foreach (var phone in held)
            {
                await phone.ReconnectAsync();
                var info = await phone.Client.GetCertificateAsync(phone.Certificate);
                Assert.Equal((CertificateState.Locked, false), (info.State, info.LockedForGood));
                Assert.Equal(info.DeviceLockedUntil, info.LockedUntil);
                Assert.Equal(new Contracts.Phone.CertificateRemedy(Contracts.Phone.RemedyKind.Wait, false, info.LockedUntil, 0), info.Remedy);
                var (_, request) = await phone.BindSessionAsync(await phone.PlatformAsync());
                Assert.IsType<PinOutcome.Locked>(Assert.IsType<RequestOpening.NotOpened>(await phone.Client.OpenRequestAsync(request, phone.Certificate)).Reason);
            }

            var messages = await Applications.Wait.UntilAsync(
                async () => (await first.Client.GetInboxAsync()).Messages, found => found.Any(message => message.Kind == MessageKind.DeviceLocked));
            Assert.Single(messages, message => message.Kind == MessageKind.DeviceLocked);

            // A day later again, and the next lock is five failures away.
            system.Clock.Advance(TimeSpan.FromHours(24));
            var (_, later) = await first.BindSessionAsync(await first.PlatformAsync());
            Assert.IsType<PinOutcome.Done>(await first.ConfirmAsync(later, CertifiedPhone.Pin));
            Assert.Equal(CertificateState.Active, (await first.Client.GetCertificateAsync(first.Certificate)).State);
        }
        finally
        {
            // The others share the first one's device.
            first.Dispose();
        }
    }

    [Fact]
    [Trait("Feature", "X01"), Trait("Surface", "api")]
    public async Task Who_opened_a_request_before_the_lock_does_not_confirm_it_after()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        using var request = await phone.OpenAsync(scanned);
        await LockAsync(phone);
        Assert.IsType<PinOutcome.Locked>(await phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin));
        Assert.IsType<PinOutcome.Locked>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));

        // Nothing was looked at: neither counted nor zeroed.
        Assert.Equal(0, (await certificates.StoredAsync(phone.Certificate)).Shares!.Pin.Failures);
    }

    [Fact]
    [Trait("Feature", "X01"), Trait("Surface", "api")]
    public async Task Guesses_at_all_certificates_in_one_instant_get_one_each_at_most()
    {
        using var first = await CertifiedPhone.ActiveAsync(system);
        List<CertifiedPhone> held = [first, await ActiveNextAsync(first), await ActiveNextAsync(first)];
        await FailAsync(held[0], 4);
        await FailAsync(held[1], 4);
        await FailAsync(held[2], 4);

        // Three are left to the device, and one to each certificate before its own lock. Each phone tries twice, all at once.
        var opened = await Task.WhenAll(held.SelectMany(phone => Enumerable.Range(0, 2).Select(_ => OpenAsync(phone))));
        var outcomes = await Task.WhenAll(opened.Select(request => request.Phone.Client.ConfirmAsync(request.Opened, CertifiedPhone.WrongPin)));
        opened.ToList().ForEach(request => request.Opened.Dispose());
        foreach (var phone in held)
        {
            Assert.Equal(5, (await certificates.StoredAsync(phone.Certificate)).Shares!.Pin.Failures);
        }

        Assert.All(outcomes, outcome => Assert.True(outcome is PinOutcome.WrongPin or PinOutcome.Locked or PinOutcome.Failed, $"{outcome}"));
        Assert.NotNull((await system.Grains.DevicePins(new DeviceId(first.Phone.Login!.DeviceId)).GetView()).LockedUntil);

        static async Task<(CertifiedPhone Phone, OpenedRequest Opened)> OpenAsync(CertifiedPhone phone)
        {
            var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
            return (phone, await phone.OpenAsync(scanned));
        }
    }

    /// <summary>Whoever heard of a guess that the device does not count yet would go on with another certificate's.</summary>
    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    [Trait("Feature", "X01"), Trait("Surface", "api")]
    public async Task Nobody_is_told_of_a_wrong_PIN_before_the_device_has_counted_it(WriteFault fault)
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var deviceId = phone.Phone.Login!.DeviceId;
        var device = system.Grains.DevicePins(new DeviceId(deviceId));
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        using var request = await phone.OpenAsync(scanned);
        var struck = 0;
        certificates.Store.Strike = write => write.Subject == $"device-pins/device-pins/{deviceId:N}" && Interlocked.Increment(ref struck) > 0 ? fault : null;
        try
        {
            // The phone asks what became of it, of this activation and of the next.
            await NotToldAsync(() => phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin));
            await NotToldAsync(() => phone.Client.GetCertificateAsync(phone.Certificate));
            await system.Grains.Certificate(new CertificateId(phone.Certificate)).AsReference<IGrainManagementExtension>().DeactivateOnIdle();
            await NotToldAsync(() => phone.Client.GetCertificateAsync(phone.Certificate));
            Assert.True(struck > 0);
        }
        finally
        {
            certificates.Store.Strike = null;
        }

        var known = await phone.Client.GetCertificateAsync(phone.Certificate);
        Assert.Equal((1, 14), (known.Failures, (await device.GetView()).TriesLeft));
        (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        Assert.Equal(new PinOutcome.WrongPin(2, 8, null, false), await phone.ConfirmAsync(scanned, CertifiedPhone.WrongPin));
        Assert.Equal(13, (await device.GetView()).TriesLeft);

        async Task NotToldAsync<T>(Func<Task<T>> ask)
        {
            try
            {
                await ask();
            }
            catch (Exception exception) when (exception is ApiRefusedException or PhoneLinkException)
            {
                return;
            }

            Assert.Equal(14, (await device.GetView()).TriesLeft);
        }
    }

    [Fact]
    public void Words_out_of_order_and_twice_change_nothing()
    {
        var state = Count(new DevicePinsState(), 1, failures: 3, sequence: 30);
        Assert.Same(state, Count(state, 1, failures: 3, sequence: 30));
        Assert.Same(state, Count(state, 1, failures: 2, sequence: 29));
        Assert.Equal(12, DevicePinRules.View(state, Now).TriesLeft);
        Assert.Equal(15, DevicePinRules.View(Count(state, 1, failures: 0, sequence: 31), Now).TriesLeft);

        // Forgotten a week after the certificate's last failure.
        Assert.Equal(12, DevicePinRules.View(state, Now + DevicePinRules.Remembered - TimeSpan.FromSeconds(1)).TriesLeft);
        Assert.Equal(15, DevicePinRules.View(state, Now + DevicePinRules.Remembered).TriesLeft);
    }

    [Fact]
    public void Every_five_failures_after_the_fifteenth_lock_again_and_one_certificate_alone_never_does()
    {
        var state = Count(new DevicePinsState(), 1, failures: 10, sequence: 1);
        Assert.Null(state.LockedUntil);
        state = Count(state, 2, failures: 4, sequence: 1);
        Assert.Null(state.LockedUntil);
        state = Count(state, 3, failures: 1, sequence: 1);
        Assert.Equal(Now + DevicePinRules.Lock, state.LockedUntil);

        var later = Now + DevicePinRules.Lock;
        Assert.Null(DevicePinRules.View(state, later).LockedUntil);
        for (var failures = 2; failures <= 5; failures++)
        {
            state = Count(state, 3, failures, sequence: failures, later);
            Assert.Null(DevicePinRules.View(state, later).LockedUntil);
        }

        state = Count(state, 2, failures: 5, sequence: 2, later);
        Assert.Equal(later + DevicePinRules.Lock, state.LockedUntil);
        Assert.Equal(2, state.Outbox.Items.Length);
    }

    private static DevicePinsState Count(DevicePinsState state, byte certificate, int failures, long sequence, DateTimeOffset? at = null) =>
        DevicePinRules.Count(state, Device, new DevicePinCount(new CertificateId(new Guid(certificate, 0, 0, new byte[8])), Holder, failures, sequence), at ?? Now);

    private static async Task<CertifiedPhone> ActiveNextAsync(CertifiedPhone phone)
    {
        var next = await phone.NextAsync();
        Assert.IsType<DownloadOutcome.Active>(await next.Client.ContinueDownloadAsync(next.Certificate, CertifiedPhone.Pin));
        return next;
    }

    private static async Task FailAsync(CertifiedPhone phone, int tries)
    {
        for (var failure = 0; failure < tries; failure++)
        {
            var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
            Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(scanned, CertifiedPhone.WrongPin));
        }
    }

    /// <summary>As failures of other certificates of the device do.</summary>
    private async Task LockAsync(CertifiedPhone phone)
    {
        var pins = system.Grains.DevicePins(new DeviceId(phone.Phone.Login!.DeviceId));
        for (var other = 0; other < 3; other++)
        {
            await pins.Count(new DevicePinCount(new CertificateId(Guid.NewGuid()), new UserId(phone.Phone.Login.UserId), 5, 1));
        }
    }

    private static Task<CertificateInfo> Wait(CertifiedPhone phone, Func<CertificateInfo, bool> until) =>
        Applications.Wait.UntilAsync(() => phone.Client.GetCertificateAsync(phone.Certificate), until);
}
