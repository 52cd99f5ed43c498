using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Forms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>X07: the PC is told every end of a session, each by its own name; and what time and a restart do.</summary>
public sealed class SessionEndTests : IAsyncLifetime
{
    private EmbeddedSystem system = null!;

    public async ValueTask InitializeAsync() => system = await EmbeddedSystem.StartAsync();

    public ValueTask DisposeAsync() => system.DisposeAsync();

    [Fact]
    [Trait("Feature", "X05"), Trait("Feature", "X07"), Trait("Feature", "M063"), Trait("Feature", "M064"), Trait("Surface", "api")]
    public async Task After_a_restart_tokens_bindings_and_sessions_hold_and_a_scan_goes_on()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await phone.BindToAsync(party.Client);
        var request = RelyingParty.Login();
        var opened = await party.Client.OpenAsync(request, "before-the-restart");
        var scanned = await phone.Client.ScanAsync(opened);
        Assert.Equal(SessionState.Scanned, (await party.Client.GetAsync(opened.SessionId)).State);

        await system.RestartAsync();
        await phone.ReconnectAsync();
        party.Reconnect();

        // The platform's token is good; its session is there with its secret; the scan was written down as the silo stopped.
        Assert.Equal(SessionState.Scanned, (await party.Client.GetAsync(opened.SessionId)).State);
        var again = await party.Client.OpenAsync(request, "before-the-restart");
        Assert.Equal((opened.SessionId, opened.Session.SessionToken), (again.SessionId, again.Session.SessionToken));
        Assert.Equal(opened.Session.SessionSecret, again.Session.SessionSecret);

        // It is that phone's, and nobody else's.
        using var other = await CertifiedPhone.ActiveAsync(system);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.GetSessionAsync(opened.SessionId)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.RefuseAsync(opened.SessionId)));

        // It goes on where it was, and logs in on the binding from before.
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.Ok, (await party.Client.WaitAsync(opened.SessionId)).End);

        // An end is there after a restart too.
        await system.RestartAsync();
        party.Reconnect();
        var status = await party.Client.GetAsync(opened.SessionId);
        Assert.Equal((SessionState.Completed, SessionEnd.Ok), (status.State, status.End));
        Assert.True(PhoneInHand.Verifies(status.Result!, status.Result!.Signatures[0]));
    }

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task The_pc_sees_every_state_and_nobody_takes_a_session_away_while_the_phone_confirms()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await phone.BindToAsync(party.Client);
        var opened = await party.OpenLoginAsync();
        Assert.Equal(SessionState.Created, (await party.Client.GetAsync(opened.SessionId)).State);
        using var request = await phone.ScanAndOpenAsync(opened);
        Assert.Equal(SessionState.Scanned, (await party.Client.GetAsync(opened.SessionId)).State);

        // What the certificate tells the session before it decides. It holds for a minute.
        system.Clock.Stop();
        var waiting = party.Client.GetAsync(opened.SessionId, SessionState.Scanned, TimeSpan.FromSeconds(100));
        Assert.IsType<Done<Nothing>>(await system.Grains.GetGrain<IQrSessionGrain>(opened.SessionId).BeginCompletion(new CertificateId(phone.Certificate)));
        Assert.Equal(ErrorCodes.SessionConfirming, await Refusal.OfAsync(() => party.Client.CancelAsync(opened.SessionId)));
        Assert.Equal(SessionState.Confirmed, (await waiting).State);
        Assert.Equal(ErrorCodes.SessionConfirming, await Refusal.OfAsync(() => phone.Client.RefuseAsync(opened.SessionId)));

        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        await EndOfAsync(party, opened, SessionEnd.Ok);
    }

    /// <summary>A certificate whose silo dies with its outcome comes up elsewhere and tells it late: a signature that is in evidence is given to the PC.</summary>
    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task A_confirmation_under_way_is_not_overtaken_by_the_sessions_end()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await phone.BindToAsync(party.Client);
        foreach (var told in (bool[])[true, false])
        {
            var opened = await party.OpenLoginAsync();
            using var request = await phone.ScanAndOpenAsync(opened);
            system.Clock.Advance((await party.Client.GetAsync(opened.SessionId)).ExpiresAt - system.Clock.GetUtcNow() - TimeSpan.FromSeconds(5));
            Assert.IsType<Done<Nothing>>(await system.Grains.GetGrain<IQrSessionGrain>(opened.SessionId).BeginCompletion(new CertificateId(phone.Certificate)));
            system.Clock.Advance(TimeSpan.FromSeconds(45));
            Assert.Equal(SessionState.Confirmed, (await party.Client.GetAsync(opened.SessionId)).State);
            if (told)
            {
                Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
                await EndOfAsync(party, opened, SessionEnd.Ok);
            }
            else
            {
                system.Clock.Advance(TimeSpan.FromSeconds(20));
                await EndOfAsync(party, opened, SessionEnd.TimedOut);
            }
        }
    }

    [Fact]
    [Trait("Feature", "X07"), Trait("Feature", "M064"), Trait("Surface", "api")]
    public async Task Every_end_has_its_name()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await phone.BindToAsync(party.Client);

        var ok = await party.OpenLoginAsync();
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(ok));
        var status = await EndOfAsync(party, ok, SessionEnd.Ok);
        Assert.NotNull(status.Result);

        // The same challenge again: other times are signed, by another signature.
        var challenge = Assert.IsType<LoginForm>(Decode(status)).Challenge;
        system.Clock.Advance(TimeSpan.FromSeconds(5));
        var replayed = await phone.LogInAtAsync(party.Client, challenge);
        Assert.NotEqual(status.Result.Signatures[0].ToBeSigned, replayed.Signatures[0].ToBeSigned);
        Assert.NotEqual(status.Result.Signatures[0].Signature, replayed.Signatures[0].Signature);
        Assert.False(PhoneInHand.Verifies(replayed, replayed.Signatures[0] with { Signature = status.Result.Signatures[0].Signature }));

        // refused and cancelled
        var refused = await party.OpenLoginAsync();
        await phone.Client.ScanAsync(refused);
        await phone.Client.RefuseAsync(refused.SessionId);
        await EndOfAsync(party, refused, SessionEnd.Refused);
        var cancelled = await party.OpenLoginAsync();
        await phone.Client.ScanAsync(cancelled);
        await party.Client.CancelAsync(cancelled.SessionId);
        await EndOfAsync(party, cancelled, SessionEnd.Cancelled);

        // timed_out: a waiting PC is told; the phone is told; cancelling comes too late. A wrong PIN before is what it is reported as.
        var late = await party.OpenLoginAsync(timeoutSeconds: 600);
        var lateScan = await phone.Client.ScanAsync(late);
        var wrong = await party.OpenLoginAsync(timeoutSeconds: 600);
        Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(wrong, CertifiedPhone.WrongPin));
        await party.AfterWrongPinAsync(wrong);
        var waiting = party.Client.GetAsync(late.SessionId, SessionState.Scanned, TimeSpan.FromSeconds(100));
        system.Clock.Advance(TimeSpan.FromSeconds(601));
        Assert.Equal(SessionEnd.TimedOut, (await waiting).End);

        // A clock that is set back does not open again what was told as ended, nor does it in a silo that only reads the row.
        system.Clock.Advance(TimeSpan.FromSeconds(-300));
        await system.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        Assert.Equal(SessionEnd.TimedOut, (await party.Client.GetAsync(late.SessionId)).End);
        Assert.Equal(ErrorCodes.SessionExpired, await Refusal.OfAsync(() => phone.Client.OpenRequestAsync(lateScan, phone.Certificate)));
        system.Clock.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(SessionEnd.TimedOut, (await party.Client.CancelAsync(late.SessionId)).End);
        Assert.Equal(ErrorCodes.SessionExpired, await Refusal.OfAsync(() => phone.Client.OpenRequestAsync(lateScan, phone.Certificate)));
        await EndOfAsync(party, wrong, SessionEnd.WrongPin);

        // locked: the fifth wrong PIN in a row.
        var locked = await party.OpenLoginAsync();
        using (var request = await phone.ScanAndOpenAsync(locked))
        {
            for (var failures = 2; failures <= 5; failures++)
            {
                Assert.Equal(failures, Assert.IsType<PinOutcome.WrongPin>(await phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin)).Failures);
            }
        }

        await EndOfAsync(party, locked, SessionEnd.Locked);

        // protocol_failure and certificate_unusable end the session of the user who scanned, and no other's.
        var broken = await party.OpenLoginAsync();
        await phone.Client.ScanAsync(broken);
        var session = system.Grains.GetGrain<IQrSessionGrain>(broken.SessionId);
        await session.Fail(new UserId(Guid.NewGuid()), SessionEnd.CertificateUnusable);
        Assert.Equal(SessionState.Scanned, (await party.Client.GetAsync(broken.SessionId)).State);
        await session.Fail(new UserId(phone.Phone.Login!.UserId), SessionEnd.ProtocolFailure);
        await EndOfAsync(party, broken, SessionEnd.ProtocolFailure);
    }

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task An_expired_certificate_and_an_expired_token_say_so()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await phone.BindToAsync(party.Client);
        system.Clock.Advance(TimeSpan.FromMinutes(31));
        var (status, problem) = await party.GetAsync($"/rp/v1/sessions/{Guid.NewGuid()}");
        Assert.Equal((System.Net.HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated), (status, problem.GetProperty("code").GetString()));

        system.Clock.Advance(TimeSpan.FromDays(400));
        await party.ConnectAsync();
        await phone.Phone.LogInAsync();
        await phone.ReconnectAsync();
        var opened = await party.OpenLoginAsync();
        var scanned = await phone.Client.ScanAsync(opened);
        Assert.Equal(ErrorCodes.CertificateUnusable, scanned.Session.NotEligibleCode);
        Assert.Equal(ErrorCodes.CertificateUnusable, await Refusal.OfAsync(() => phone.Client.OpenRequestAsync(scanned, phone.Certificate)));
        await EndOfAsync(party, opened, SessionEnd.CertificateUnusable);
        Assert.Equal(ErrorCodes.CertificateUnusable, await Refusal.OfAsync(() => party.Client.GetSignerAsync(phone.Enterprise.CreditCode)));
    }

    private static async Task<SessionStatus> EndOfAsync(RelyingParty party, OpenedSession opened, SessionEnd end)
    {
        var status = await party.Client.WaitAsync(opened.SessionId);
        Assert.Equal((SessionState.Completed, end, end == SessionEnd.Ok), (status.State, status.End, status.Result is not null));
        return status;
    }

    private static SigningForm? Decode(SessionStatus status) =>
        SigningForm.TryDecode(new SigningDocument(SigningFormKind.Login, status.Result!.Signatures[0].ToBeSigned), out var form) ? form : null;
}
