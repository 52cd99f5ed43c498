using System.Net;
using System.Text.Json.Nodes;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using static Bzt.Tests.Sealing.SealingWorld;

namespace Bzt.Tests.Sealing;

/// <summary>
/// The bounds of a sealing session are the phone's own, whatever gateway and silo say: a part that has left is a signature for whoever has the other
/// share, and the ticked minutes are minutes.
/// </summary>
[Collection(CertificateSystem.Name)]
[Trait("Feature", "X14"), Trait("Surface", "api")]
public sealed class SealingPhoneTests(CertificateSystem certificates)
{
    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    public async Task A_part_that_left_counts_without_an_answer_and_after_the_app_was_closed()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        using var network = new HostileNetwork();
        var client = await ClientAsync(phone, network, system.Clock);
        var id = await BeginAsync(phone, platform, client, documents: 4, minutes: 60);
        await client.AnswerSealingSessionAsync(id);
        await TakePartAsync(platform, client, network, ToSeal("一.pdf").In(id));
        await TakePartAsync(platform, client, network, ToSeal("二.pdf").In(id));

        // The very same document is no further one: its answer was lost.
        var again = ToSeal("三.pdf").In(id);
        await TakePartAsync(platform, client, network, again);
        var opened = await platform.OpenAsync(again);
        Assert.Equal(1, (await client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(opened.SessionId);

        // The silo has counted one, the phone three: two more are too many for it, also when the app was closed meanwhile.
        Assert.Equal(1, (await platform.GetSealingSessionAsync(id)).UsedDocuments);
        await RefuseTwoAsync();
        client = await ClientAsync(phone, network, system.Clock);
        Assert.Equal(SealingSessionState.Paused, Assert.Single(await client.RecoverSealingSessionsAsync()).State);
        Assert.IsType<PinOutcome.Done>(await client.ResumeSealingSessionAsync(id, CertifiedPhone.Pin));
        await RefuseTwoAsync();
        opened = await platform.OpenAsync(ToSeal("四.pdf").In(id));
        Assert.Equal(1, (await client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(opened.SessionId);

        // Used up by the phone's count: it is not resumed, but ends.
        await client.PauseSealingSessionAsync(id);
        Assert.IsType<PinOutcome.Ended>(await client.ResumeSealingSessionAsync(id, CertifiedPhone.Pin));
        Assert.Equal(SealingSessionState.Ended, (await platform.GetSealingSessionAsync(id)).State);

        async Task RefuseTwoAsync()
        {
            var two = await platform.OpenAsync(ToSeal("多.pdf", "余.pdf").In(id));
            Assert.Equal(0, (await client.AnswerSealingSessionAsync(id)).Signed);
            Assert.Equal(SessionEnd.Refused, (await platform.WaitAsync(two.SessionId)).End);
        }
    }

    /// <summary>A minute was ticked; the gateway asks for an hour and tells a beginning that lies ahead.</summary>
    [Fact]
    public async Task A_session_that_ends_later_than_ticked_is_not_begun()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        using var network = new HostileNetwork { Minutes = 60, Ahead = TimeSpan.FromMinutes(59) };
        var client = await ClientAsync(phone, network, system.Clock);
        var (opened, confirmation) = await TickAsync(phone, platform, client, documents: 10, minutes: 1);
        Assert.IsType<PinOutcome.Failed>(confirmation.Request);
        Assert.Null(confirmation.Session);
        Assert.Null((await platform.GetAsync(opened.SessionId)).End);
    }

    /// <summary>Less than an hour, and not told from a wrong clock: the share goes after a minute all the same, by either clock of the phone.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_ticked_minutes_are_counted_by_the_phone(bool wallClockStands)
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        using var network = new HostileNetwork { Minutes = 9, Ahead = TimeSpan.FromMinutes(8) };
        var clock = new PhoneClock(system.Clock);
        var client = await ClientAsync(phone, network, clock);
        var id = await BeginAsync(phone, platform, client, documents: 10, minutes: 1);
        var first = await platform.OpenAsync(ToSeal("一.pdf").In(id));
        Assert.Equal(1, (await client.AnswerSealingSessionAsync(id)).Signed);
        await platform.SealedAsync(first.SessionId);

        clock.Pass(TimeSpan.FromMinutes(1), wallClockStands);
        Assert.False(client.IsSealingSessionOpen(id));
        await platform.OpenAsync(ToSeal("二.pdf").In(id));
        var look = await client.AnswerSealingSessionAsync(id);
        Assert.Equal((0, SealingSessionState.Running), (look.Signed, look.Session.State));
        if (!wallClockStands)
        {
            Assert.IsType<PinOutcome.Ended>(await client.ResumeSealingSessionAsync(id, CertifiedPhone.Pin));
            Assert.Equal(SealingSessionState.Ended, (await platform.GetSealingSessionAsync(id)).State);
        }
    }

    /// <summary>Nobody looks: the share is gone at that moment, not at the next look.</summary>
    [Fact]
    public async Task The_share_goes_by_itself_when_the_minutes_have_run()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        using var network = new HostileNetwork();
        var clock = new PhoneClock(system.Clock);
        var client = await ClientAsync(phone, network, clock);
        var id = await BeginAsync(phone, platform, client, documents: 10, minutes: 1);
        await platform.OpenAsync(ToSeal("一.pdf").In(id));
        clock.Fire();
        Assert.Equal(0, (await client.AnswerSealingSessionAsync(id)).Signed);
    }

    /// <summary>A session this phone holds no bounds of, as the server may make one up, is not resumed.</summary>
    [Fact]
    public async Task A_session_the_phone_does_not_know_is_not_resumed()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var id = (await phone.BeginAsync(platform)).SealingSessionId;
        phone.Store[OwnSealings.NameOf(phone.Certificate.ToString("D"))] = null;
        Assert.IsType<PinOutcome.Ended>(await phone.Client.ResumeSealingSessionAsync(id, CertifiedPhone.Pin));
        Assert.Equal(SealingSessionEnd.StoppedByHolder, (await platform.GetSealingSessionAsync(id)).End);
    }

    /// <summary>The silo takes the part and says nothing; the platform takes the request back.</summary>
    private static async Task TakePartAsync(PlatformClient platform, PhoneClient client, HostileNetwork network, CreateSessionRequest request)
    {
        var opened = await platform.OpenAsync(request);
        network.Takes = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.AnswerSealingSessionAsync(request.UseSealingSession!.Value));
        network.Takes = false;
        Assert.Equal(SessionEnd.Cancelled, (await platform.CancelAsync(opened.SessionId)).End);
    }

    private async Task<PhoneClient> ClientAsync(CertifiedPhone phone, HostileNetwork network, TimeProvider clock)
    {
        var http = new HttpClient(network, disposeHandler: false) { BaseAddress = system.Address, Timeout = TimeSpan.FromSeconds(60) };
        return new PhoneClient(http, phone.Phone.Key, phone.Store, new DotNetPinStretcher(), await ChannelTrust.FetchAsync(system.Gateway), clock, SystemRandom.Instance)
        {
            StretchRounds = 10,
            Login = phone.Client.Login,
        };
    }

    private static async Task<Guid> BeginAsync(CertifiedPhone phone, PlatformClient platform, PhoneClient client, int documents, int minutes)
    {
        var (_, confirmation) = await TickAsync(phone, platform, client, documents, minutes);
        Assert.IsType<PinOutcome.Done>(confirmation.Session);
        return confirmation.Info.SealingSessionId;
    }

    private static async Task<(OpenedSession Opened, SealingConfirmation Confirmation)> TickAsync(
        CertifiedPhone phone, PlatformClient platform, PhoneClient client, int documents, int minutes)
    {
        var opened = await platform.OpenAsync(ToSeal("投标函.pdf"));
        using var request = Assert.IsType<RequestOpening.Opened>(await client.OpenRequestAsync(await client.ScanAsync(opened), phone.Certificate)).Request;
        var wish = new SealingSessionRequest(Guid.CreateVersion7(), phone.Certificate, documents, minutes, Automatic: true);
        return (opened, await client.ConfirmWithSealingSessionAsync(request, wish, CertifiedPhone.Pin));
    }

    /// <summary>A gateway that tells the server other minutes than were ticked and the phone another beginning, and takes what goes to the silo for itself.</summary>
    private sealed class HostileNetwork() : DelegatingHandler(new HttpClientHandler())
    {
        public bool Takes { get; set; }

        public int? Minutes { get; init; }

        public TimeSpan Ahead { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Takes && request.RequestUri!.AbsolutePath.EndsWith("/exchange", StringComparison.Ordinal))
            {
                throw new InvalidOperationException("A test took the message.");
            }

            if (Minutes is { } minutes && await JsonOf(request.Content) is JsonObject asked && asked.ContainsKey("minutes"))
            {
                asked["minutes"] = minutes;
                request.Content = Json(asked);
            }

            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK && await JsonOf(response.Content) is JsonObject told)
            {
                foreach (var session in (JsonNode?[])[told, told["session"]])
                {
                    if (session is JsonObject && session["startedAt"] is { } started)
                    {
                        session["startedAt"] = started.GetValue<DateTimeOffset>() + Ahead;
                    }
                }

                response.Content = Json(told);
            }

            return response;
        }

        private static StringContent Json(JsonNode node) => new(node.ToJsonString(), System.Text.Encoding.UTF8, "application/json");

        private static async Task<JsonNode?> JsonOf(HttpContent? content) =>
            content?.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(await content.ReadAsStringAsync()) : null;
    }
}
