using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Callbacks;
using Bzt.Grains.Foundations;
using Bzt.Tests.Applications;
using Bzt.Tests.Peers;
using Bzt.Tests.Platforms;
using Bzt.Tests.Storage;

using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Callbacks;

/// <summary>X08: platforms are told that their sessions have ended, by a signed callback, until they have taken it.</summary>
[Collection(PlatformSystemCollection.Name)]
public sealed class CallbackTests(PlatformSystem world)
{
    [Fact]
    [Trait("Feature", "X08"), Trait("Surface", "api")]
    public async Task The_end_of_a_session_is_told_signed_and_the_specifications_own_library_agrees()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        Assert.Null(await party.Client.GetCallbackEndpointAsync());
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => party.Client.RotateCallbackSecretAsync(TimeSpan.Zero)));
        foreach (var url in new[] { "http://10.0.0.1/", "https://169.254.169.254/", "https://platform.example/#x", "callbacks", $"https://platform.example/{new string('x', 1800)}" })
        {
            Assert.Equal((url, ErrorCodes.CallbackUrlRefused), (url, await Refusal.OfAsync(() => party.Client.SetCallbackEndpointAsync(url))));
        }

        // The secret is shown once, at its making.
        var made = await party.Client.SetCallbackEndpointAsync(world.Receiver.Url("/signed"));
        Assert.StartsWith("whsec_", made.Secret, StringComparison.Ordinal);
        Assert.Null((await party.Client.SetCallbackEndpointAsync(world.Receiver.Url("/signed"))).Secret);
        Assert.Single((await party.Client.GetCallbackEndpointAsync())!.Secrets);

        // A result is told of, and not told.
        await world.Phone.BindToAsync(party.Client);
        var bound = await world.Receiver.WaitAsync("/signed");
        var verifier = new CallbackVerifier([made.Secret!], world.System.Clock);
        Assert.Equal(CallbackVerdict.Accepted, verifier.Judge(bound.Id, bound.Timestamp, bound.Signature, bound.Body, out var told));
        Assert.Equal((CallbackEvent.SessionCompleted, SessionKind.Bind, SessionEnd.Ok), (told!.Type, told.Data.Kind, told.Data.End));
        Assert.NotNull((await party.Client.GetAsync(told.Data.SessionId)).Result);
        Assert.DoesNotContain(world.Phone.Enterprise.Name, Encoding.UTF8.GetString(bound.Body), StringComparison.Ordinal);

        // npm standardwebhooks: genuine, altered, another secret. It has the machine's clock, so it is handed one of now.
        var body = Encoding.UTF8.GetString(bound.Body);
        var headers = Headers(bound, made.Secret!);
        Assert.Equal(told.Data.SessionId.ToString(), (string?)(await AskAsync(made.Secret!, headers, body))["payload"]!["data"]!["sessionId"]);
        Assert.NotNull((await AskAsync(made.Secret!, headers, body.Replace("\"ok\"", "\"no\"", StringComparison.Ordinal)))["refused"]);
        Assert.NotNull((await AskAsync(CallbackSignature.NewSecret(), headers, body))["refused"]);

        // A rotation: both secrets sign, until the overlap is over.
        var rotated = await party.Client.RotateCallbackSecretAsync(TimeSpan.FromHours(1));
        Assert.Equal(2, rotated.Endpoint.Secrets.Count);
        var both = await EndAsync(party, "/signed", 2);
        Assert.Equal(2, both.Signature.Split(' ').Length);
        foreach (var secret in new[] { made.Secret!, rotated.Secret! })
        {
            Assert.Equal(CallbackVerdict.Accepted, new CallbackVerifier([secret], world.System.Clock).Judge(both.Id, both.Timestamp, both.Signature, both.Body, out _));
        }

        world.System.Clock.Advance(TimeSpan.FromHours(2));
        await party.ConnectAsync();
        var newer = await EndAsync(party, "/signed", 3);
        Assert.Equal(CallbackVerdict.Refused, new CallbackVerifier([made.Secret!], world.System.Clock).Judge(newer.Id, newer.Timestamp, newer.Signature, newer.Body, out _));
        Assert.Equal(CallbackVerdict.Accepted, new CallbackVerifier([rotated.Secret!], world.System.Clock).Judge(newer.Id, newer.Timestamp, newer.Signature, newer.Body, out _));

        // A platform that has removed its endpoint is told nothing, and its old sessions are there to be asked.
        await party.Client.RemoveCallbackEndpointAsync();
        Assert.Null(await party.Client.GetCallbackEndpointAsync());
        var untold = await party.OpenLoginAsync();
        await party.Client.CancelAsync(untold.SessionId);
        Assert.Equal(SessionEnd.Cancelled, (await party.Client.GetAsync(untold.SessionId)).End);
        Assert.Equal(3, world.Receiver.At("/signed").Count);
    }

    [Fact]
    [Trait("Feature", "X08"), Trait("Surface", "api")]
    public async Task What_is_not_taken_is_tried_again_through_restarts_then_lies_among_the_dead_and_can_be_sent_anew()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        using var other = await RelyingParty.RegisterAsync(world.System);
        await party.Client.SetCallbackEndpointAsync(world.Receiver.Url("/dead"));
        world.Receiver.Answer("/dead", context =>
        {
            // Never followed: it would lead wherever the answer says.
            context.Response.Redirect(world.Receiver.Url("/elsewhere"));
            return Task.CompletedTask;
        });
        var opened = await party.OpenLoginAsync();
        await party.Client.CancelAsync(opened.SessionId);
        var first = await world.Receiver.WaitAsync("/dead");

        // Each pause, and a restart in the middle; the grain is woken as the sweeper would.
        for (var attempts = 1; CallbackRules.PauseAfter(attempts) is { } pause; attempts++)
        {
            await StoredAttemptsAsync(opened.SessionId, attempts);
            world.System.Clock.Advance(pause);
            if (attempts == 3)
            {
                await world.RestartAsync(party, other);
            }

            await WakeAsync(opened.SessionId);
            await world.Receiver.WaitAsync("/dead", attempts + 1);
        }

        await party.ConnectAsync();
        await other.ConnectAsync();
        var dead = await Wait.UntilAsync(() => party.Client.GetDeadLettersAsync(), found => found.Letters.Count == 1);
        Assert.Equal((opened.SessionId, 10, "302", first.Id), (dead.Letters[0].SessionId, dead.Letters[0].Attempts, dead.Letters[0].Reason, dead.Letters[0].MessageId));
        Assert.Empty(world.Receiver.At("/elsewhere"));
        Assert.All(world.Receiver.At("/dead"), callback => Assert.Equal(first.Id, callback.Id));
        Assert.Equal(10, world.Receiver.At("/dead").Select(callback => callback.Timestamp).Distinct().Count());

        // It is nobody else's, and still there after a restart.
        Assert.Empty((await other.Client.GetDeadLettersAsync()).Letters);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.RedeliverAsync(first.Id)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => party.Client.RedeliverAsync("msg_x")));
        await world.RestartAsync(party, other);
        Assert.Single((await party.Client.GetDeadLettersAsync()).Letters);

        // While there is nowhere to send it, it stays where it is.
        await party.Client.RemoveCallbackEndpointAsync();
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => party.Client.RedeliverAsync(first.Id)));
        await party.Client.SetCallbackEndpointAsync(world.Receiver.Url("/dead"));
        Assert.Single((await party.Client.GetDeadLettersAsync()).Letters);

        // Sent anew under the same id, taken, gone.
        world.Receiver.Answer("/dead", 200);
        await party.Client.RedeliverAsync(first.Id);
        Assert.Equal(first.Id, (await world.Receiver.WaitAsync("/dead", 11)).Id);
        await Wait.UntilAsync(() => party.Client.GetDeadLettersAsync(), found => found.Letters.Count == 0);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => party.Client.RedeliverAsync(first.Id)));
    }

    [Fact]
    [Trait("Feature", "X08"), Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task An_end_by_time_is_told_too_and_one_platforms_hanging_endpoint_delays_nobody()
    {
        using var hanging = await RelyingParty.RegisterAsync(world.System);
        using var party = await RelyingParty.RegisterAsync(world.System);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Receiver.Answer("/hangs", _ => held.Task);
        await hanging.Client.SetCallbackEndpointAsync(world.Receiver.Url("/hangs"));
        await party.Client.SetCallbackEndpointAsync(world.Receiver.Url("/prompt"));
        try
        {
            for (var i = 1; i <= 3; i++)
            {
                await hanging.Client.CancelAsync((await hanging.OpenLoginAsync()).SessionId);
                await world.Receiver.WaitAsync("/hangs", i);
            }

            // Nobody asks for this session any more, and the system was started again meanwhile.
            var opened = await party.OpenLoginAsync(timeoutSeconds: 600);
            await world.RestartAsync(party, hanging);
            world.System.Clock.Advance(TimeSpan.FromSeconds(605));
            await Wait.UntilAsync(
                async () =>
                {
                    await WakeAsync(opened.SessionId);
                    return world.Receiver.At("/prompt").Count;
                },
                count => count == 1);
            var told = JsonSerializer.Deserialize(world.Receiver.At("/prompt")[0].Body, BztJson.Default.CallbackEvent)!;
            Assert.Equal((opened.SessionId, SessionEnd.TimedOut), (told.Data.SessionId, told.Data.End));
        }
        finally
        {
            held.SetResult();
        }
    }

    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    [Trait("Feature", "X08"), Trait("Surface", "api")]
    public async Task A_write_that_fails_anywhere_on_the_way_loses_no_end_and_tells_it_under_one_id(WriteFault fault)
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        var path = $"/faults-{fault}";
        await party.Client.SetCallbackEndpointAsync(world.Receiver.Url(path));

        // The watch, the end, and that it was taken: each is written once more, by whoever still owes it.
        for (var step = 1; step <= 3; step++)
        {
            var left = step;
            var older = world.Faults.Written.Select(write => write.Subject).ToHashSet();
            world.Faults.FailNext(
                fault, write => write.Subject.StartsWith("session-callback/", StringComparison.Ordinal) && !older.Contains(write.Subject) && Interlocked.Decrement(ref left) == 0);
            var opened = await party.OpenLoginAsync();
            await party.Client.CancelAsync(opened.SessionId);
            var id = CallbackMessageId.Of(opened.SessionId);
            await Wait.UntilAsync(
                async () =>
                {
                    await WakeAsync(opened.SessionId);
                    return await world.System.Grains.SessionCallback(opened.SessionId).GetAttempts();
                },
                attempts => attempts > 0);
            Assert.Contains(world.Receiver.At(path), callback => callback.Id == id);
        }

        Assert.Equal(3, world.Receiver.At(path).Select(callback => callback.Id).Distinct().Count());
    }

    private async Task<ReceivedCallback> EndAsync(RelyingParty party, string path, int count)
    {
        var opened = await party.OpenLoginAsync();
        await party.Client.CancelAsync(opened.SessionId);
        return await world.Receiver.WaitAsync(path, count);
    }

    /// <summary>As the sweeper does after a crash.</summary>
    private Task WakeAsync(Guid session) => world.System.Grains.SessionCallback(session).AsReference<IOutboxOwner>().DrainOutbox();

    /// <summary>The try is written down before the next is due.</summary>
    private Task StoredAttemptsAsync(Guid session, int attempts) =>
        Wait.UntilAsync(() => world.System.Grains.SessionCallback(session).GetAttempts(), found => found == attempts);

    private static JsonObject Headers(ReceivedCallback callback, string secret)
    {
        var now = DateTimeOffset.UtcNow;
        return new JsonObject
        {
            [CallbackSignature.IdHeader] = callback.Id,
            [CallbackSignature.TimestampHeader] = now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
            [CallbackSignature.SignatureHeader] = CallbackSignature.Sign(secret, callback.Id, now, callback.Body),
        };
    }

    private static async Task<JsonNode> AskAsync(string secret, JsonObject headers, string body)
    {
        var question = new JsonObject { ["secret"] = secret, ["headers"] = headers.DeepClone(), ["body"] = body };
        return JsonNode.Parse((await PeerProcess.Run("node", ["webhooks.mjs"], PeerProcess.Sources("node"), question.ToJsonString())).OrFail().Output)!;
    }
}
