using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace Bzt.Tests.Cluster;

public sealed class TraceTests
{
    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task A_flow_is_one_trace_under_its_sessions_id_and_no_secret_leaves_in_it()
    {
        await using var collector = await TraceCollector.StartAsync();
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Tracing:Endpoint"] = collector.Address;
            builder.Configuration["Tracing:Share"] = "1";
        });
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        var (session, scanned) = await phone.BindSessionAsync(platform);
        using (var request = Assert.IsType<RequestOpening.Opened>(await phone.Client.OpenRequestAsync(scanned, phone.Certificate)).Request)
        {
            Assert.IsType<PinOutcome.WrongPin>(await phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin));
            Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        Assert.Equal(SessionEnd.Ok, (await platform.WaitAsync(session.SessionId)).End);

        // From the platform's request to its answer: the gateway's step, the calls of grains, the durable writes, the phone's requests.
        // What its outboxes set going may end a little later.
        var spans = await Applications.Wait.UntilAsync(() =>
        {
            Flush();
            return Task.FromResult(Trace());
        }, whole => whole.Select(span => span.ParentId).Except(whole.Select(span => span.SpanId)).Count() <= 1);
        string[] expected = ["session create", "phone scan", "certificate SigningOpen", "storage write", "session status"];
        Assert.All(expected, name => Assert.Contains(spans, span => span.Name == name));
        Assert.Contains(spans, span => span.Name.EndsWith("/Scan", StringComparison.Ordinal));

        // One trace and not many: each span's parent is in it, but for the steps', whose parent is the session itself.
        var steps = spans.Select(span => span.ParentId).Except(spans.Select(span => span.SpanId)).ToList();
        Assert.Equal(session.SessionId.ToString("N")[16..], Assert.Single(steps));

        // The next process goes on with it.
        await system.RestartAsync();
        Assert.Equal(SessionEnd.Ok, (await platform.GetAsync(session.SessionId)).End);
        Flush();
        Assert.True(Trace().Count > spans.Count);

        // What left: everything of this process and of whatever else runs in it. Nothing of it is anybody's secret.
        var (person, received) = (phone.Phone.Person, collector.Received);
        List<Secret> secrets =
        [
            Secret.Of("phone number", person.Phone), Secret.Of("ID number", person.IdNumber), Secret.Of("bank card", person.CardNumber), Secret.Of("name", person.Name),
            Secret.Of("access token", phone.Client.Login!.AccessToken), Secret.Of("platform secret", CertifiedPhone.PlatformSecret),
            Secret.Of("token of the session", session.Link().Split("t=")[1].Split('&')[0]),
        ];
        Assert.All(secrets, secret => Assert.False(secret.IsIn(received), secret.Name));
        foreach (var pin in (string[])[CertifiedPhone.Pin, CertifiedPhone.WrongPin])
        {
            // As a text of its own: protobuf writes the length before it.
            Assert.True(received.AsSpan().IndexOf([(byte)pin.Length, .. System.Text.Encoding.ASCII.GetBytes(pin)]) < 0, "PIN");
        }

        Assert.True(Secret.Of("a route", "/phone/v1/scan").IsIn(received), "The search finds nothing at all.");

        void Flush() => Assert.True(system.Services.GetRequiredService<TracerProvider>().ForceFlush(60_000));

        IReadOnlyList<TraceCollector.Span> Trace() => [.. collector.Spans().Where(span => span.TraceId == session.SessionId.ToString("N"))];
    }
}
