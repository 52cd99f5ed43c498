using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Phone;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.Certificates;

/// <summary>S2.3: d1 lives a minute at most, whatever keeps the answer away; what became of the attempt is asked for without it.</summary>
[Collection(CertificateSystem.Name)]
public sealed class PinLifetimeTests(CertificateSystem certificates)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly EmbeddedSystem system = certificates.System;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Feature", "X01"), Trait("Surface", "api")]
    public async Task Without_an_answer_the_pin_goes_after_a_minute_and_the_attempt_is_settled_without_it(bool arrives)
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        using var network = new HangingNetwork();
        using var http = new HttpClient(network) { BaseAddress = system.Address, Timeout = TimeSpan.FromMinutes(5) };
        var (clock, stretcher) = (new PhoneClock(system.Clock), new CapturingStretcher());
        var client = new PhoneClient(http, phone.Phone.Key, phone.Store, stretcher, await ChannelTrust.FetchAsync(system.Gateway), clock, SystemRandom.Instance)
        {
            StretchRounds = 10,
            Login = phone.Client.Login,
        };
        var (opened, scanned) = await phone.BindSessionAsync(platform);
        using var request = Assert.IsType<RequestOpening.Opened>(await client.OpenRequestAsync(scanned, phone.Certificate)).Request;
        network.Hang(arrives);
        var confirming = client.ConfirmAsync(request, CertifiedPhone.Pin);
        await network.Hangs.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.NotNull(stretcher.Pin!.Masked(new byte[StretchedPin.Length]));
        clock.Fire();
        await Assert.ThrowsAsync<PhoneLinkException>(() => confirming.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Throws<ObjectDisposedException>(() => stretcher.Pin.Masked(new byte[StretchedPin.Length]));

        network.Release();
        if (arrives)
        {
            Assert.IsType<PinOutcome.Done>(await client.ResumeAsync(phone.Certificate));
        }
        else
        {
            // Void: nothing was signed, and the PIN is entered once more.
            Assert.IsType<PinOutcome.Ended>(await client.ResumeAsync(phone.Certificate));
            Assert.Null((await platform.GetAsync(opened.SessionId)).End);
            using var again = Assert.IsType<RequestOpening.Opened>(await client.OpenRequestAsync(scanned, phone.Certificate)).Request;
            Assert.IsType<PinOutcome.Done>(await client.ConfirmAsync(again, CertifiedPhone.Pin));
        }

        Assert.Equal(SessionEnd.Ok, (await platform.WaitAsync(opened.SessionId)).End);
        Assert.Equal(0, (await client.GetCertificateAsync(phone.Certificate)).Failures);
    }

    private sealed class CapturingStretcher : IPinStretcher
    {
        private readonly DotNetPinStretcher real = new();

        public StretchedPin? Pin { get; private set; }

        public async ValueTask<StretchedPin> StretchAsync(PinStretch parameters, string pin) => Pin = await real.StretchAsync(parameters, pin);
    }

    /// <summary>Keeps the next message of the channel, or its answer, until it is released.</summary>
    private sealed class HangingNetwork() : DelegatingHandler(new HttpClientHandler())
    {
        private readonly TaskCompletionSource hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool? keepsAnswer;

        public Task Hangs => hangs.Task;

        public void Hang(bool answer) => keepsAnswer = answer;

        public void Release()
        {
            keepsAnswer = null;
            released.SetResult();
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (keepsAnswer is not { } answer || !request.RequestUri!.AbsolutePath.EndsWith("/exchange", StringComparison.Ordinal))
            {
                return await base.SendAsync(request, cancellationToken);
            }

            if (answer)
            {
                (await base.SendAsync(request, cancellationToken)).Dispose();
            }

            hangs.TrySetResult();
            await released.Task.WaitAsync(cancellationToken);
            throw new InvalidOperationException("A test lost it.");
        }
    }
}
