using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Phone;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using Bzt.Tests.Storage;
using static Bzt.Tests.Sealing.SealingWorld;

namespace Bzt.Tests.Sealing;

/// <summary>
/// Somebody with the phone, and a platform at his side that takes back each request just before the guess arrives. What a guess did to the sealing
/// session's commitments shows in how many are left: uncounted, it would be a PIN test without end.
/// </summary>
[Collection(CertificateSystem.Name)]
public sealed class SealingGuessTests(CertificateSystem certificates)
{
    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    [Trait("Feature", "X01"), Trait("Surface", "api")]
    public async Task A_guess_counts_whether_or_not_its_request_was_taken_back()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);

        // 1. A scanned request: nothing is signed, nothing is said, and it is counted; the right PIN afterwards sets the count back as always.
        var scanned = await platform.OpenAsync(ToSeal("投标函.pdf"));
        using (var request = await phone.OpenAsync(await phone.Client.ScanAsync(scanned)))
        {
            Assert.Equal(SessionEnd.Cancelled, (await platform.CancelAsync(scanned.SessionId)).End);
            Assert.IsType<PinOutcome.Ended>(await phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin));
        }

        await certificates.ForgetAsync(phone.Certificate);
        Assert.Equal(1, (await phone.Client.GetCertificateAsync(phone.Certificate)).Failures);

        // 2. A request pushed in a session whose share in the phone's memory is a guessed one.
        using var network = new MeddlingNetwork();
        using var http = new HttpClient(network) { BaseAddress = system.Address, Timeout = TimeSpan.FromSeconds(60) };
        var guesser = new PhoneClient(
            http, phone.Phone.Key, new GuessedStore(phone.Store), new DotNetPinStretcher(), await ChannelTrust.FetchAsync(system.Gateway), system.Clock, SystemRandom.Instance)
        {
            StretchRounds = 10,
            Login = phone.Client.Login,
        };
        var wished = await platform.OpenAsync(ToSeal("一.pdf"));
        var opening = Assert.IsType<RequestOpening.Opened>(await guesser.OpenRequestAsync(await guesser.ScanAsync(wished), phone.Certificate));
        var wish = new SealingSessionRequest(Guid.CreateVersion7(), phone.Certificate, 10, 60, true);
        using (opening.Request)
        {
            Assert.IsType<PinOutcome.Done>((await guesser.ConfirmWithSealingSessionAsync(opening.Request, wish, CertifiedPhone.Pin)).Session);
        }

        Assert.Equal(0, (await phone.Client.GetCertificateAsync(phone.Certificate)).Failures);
        var pushed = await platform.OpenAsync(ToSeal("二.pdf").In(wish.SealingSessionId));

        // The channel's first message, the deposit, the guess.
        network.BeforeThird = async () => Assert.Equal(SessionEnd.Cancelled, (await platform.CancelAsync(pushed.SessionId)).End);
        var look = await guesser.AnswerSealingSessionAsync(wish.SealingSessionId);
        Assert.True(network.Meddled);
        Assert.Equal(0, look.Signed);
        await certificates.ForgetAsync(phone.Certificate);
        Assert.Equal(1, (await phone.Client.GetCertificateAsync(phone.Certificate)).Failures);
        Assert.Equal(SealingSessionEnd.WrongPin, (await phone.Client.GetSealingSessionAsync(wish.SealingSessionId)).End);
        Assert.Equal(2, (await phone.EvidenceAsync()).Entries.Count(entry => entry.Kind == EvidenceKind.WrongPin));
    }

    /// <summary>What the session has become is not known at that moment: the guess counts, and neither side hears more than that nothing is signed.</summary>
    [Fact]
    public async Task A_guess_counts_when_its_session_cannot_be_asked()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var scanned = await platform.OpenAsync(ToSeal("投标函.pdf"));
        using (var request = await phone.OpenAsync(await phone.Client.ScanAsync(scanned)))
        {
            // Its time is over, and that cannot be written.
            system.Clock.Advance((await platform.GetAsync(scanned.SessionId)).ExpiresAt - system.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
            var asked = 0;
            certificates.Store.Strike = write => write.Subject.Contains($"{scanned.SessionId:N}", StringComparison.Ordinal) && Interlocked.Increment(ref asked) > 0 ? WriteFault.NotPersisted : null;
            try
            {
                Assert.IsType<PinOutcome.Ended>(await phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin));
            }
            finally
            {
                certificates.Store.Strike = null;
            }

            Assert.True(asked > 0);
        }

        await certificates.ForgetAsync(phone.Certificate);
        Assert.Equal(1, (await phone.Client.GetCertificateAsync(phone.Certificate)).Failures);
        Assert.Equal(SessionEnd.TimedOut, (await platform.GetAsync(scanned.SessionId)).End);
    }

    /// <summary>The phone's own store, whose blinded share is another one as soon as nothing that uses it is under way.</summary>
    private sealed class GuessedStore(IPhoneKeyStore real) : IPhoneKeyStore
    {
        private int settled;

        public async ValueTask<T> UpdateAsync<T>(string keyId, Func<PhoneKeyRecord?, (PhoneKeyRecord? Record, T Result)> change)
        {
            // Two PIN-proved successes: the request, the session's bounds. What reads after them opens the session.
            var guessing = settled == 2;
            return await real.UpdateAsync(keyId, record =>
            {
                var (next, result) = change(guessing && record is not null ? record with { BlindedShare = record.BlindedShare + Scalar.One } : record);
                settled += record is not null && next?.Epoch > record.Epoch ? 1 : 0;
                return guessing ? (record, result) : (next, result);
            });
        }

        public ValueTask<bool> FollowAsync(Point root, ClusterKeyList list) => real.FollowAsync(root, list);

        public ValueTask<T> UpdateSealingAsync<T>(string keyId, Func<byte[]?, (byte[]? Octets, T Result)> change) => real.UpdateSealingAsync(keyId, change);
    }

    private sealed class MeddlingNetwork() : DelegatingHandler(new HttpClientHandler())
    {
        private int exchanges;

        public Func<Task>? BeforeThird { get; set => (field, exchanges) = (value, 0); }

        public bool Meddled { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/exchange", StringComparison.Ordinal) && BeforeThird is { } meddle && ++exchanges == 3)
            {
                await meddle();
                Meddled = true;
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
