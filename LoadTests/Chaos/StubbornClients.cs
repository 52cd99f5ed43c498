using System.Collections.Concurrent;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Chaos;

/// <summary>What a client was answered about a session.</summary>
internal sealed record Told(Guid Session, SimulatedPhone Phone, SessionEnd End, IReadOnlyList<DocumentSignature> Signatures);

/// <summary>A platform and phones that ask again until they are answered, as apps and backends do, and remember every answer.</summary>
internal sealed class StubbornClients : IDisposable
{
    private const string WrongPin = "194306";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient token;
    private readonly HttpClient http;
    private readonly PlatformClient platform;
    private readonly TimeSpan patience;
    private readonly ConcurrentQueue<Told> told = new();
    private readonly ConcurrentQueue<string> lost = new();
    private readonly ConcurrentDictionary<Guid, int> wrongTries = new();

    /// <param name="target">Where.</param>
    /// <param name="patience">For one answer, however often it is asked for.</param>
    public StubbornClients(Target target, TimeSpan patience)
    {
        this.patience = patience;
        token = new HttpClient { BaseAddress = target.Gateway, Timeout = OneRequest };
        var credentials = new ClientCredentialsHandler(token, Deployment.PlatformId, target.PlatformSecret, TimeProvider.System) { InnerHandler = new SocketsHttpHandler() };
        http = new HttpClient(credentials) { BaseAddress = target.Gateway, Timeout = OneRequest };
        platform = new PlatformClient(http, TimeProvider.System);
    }

    /// <summary>A gateway that hangs keeps its connections: without a bound of its own a request to it would wait for ever.</summary>
    public static TimeSpan OneRequest { get; } = TimeSpan.FromSeconds(12);

    public IReadOnlyCollection<Told> Answers => told;

    /// <summary>What was answered otherwise than before, or than it had to be.</summary>
    public IReadOnlyCollection<string> Lost => lost;

    /// <summary>Wrong PINs that were answered since the last right one.</summary>
    public IReadOnlyDictionary<Guid, int> WrongTries => wrongTries;

    /// <summary>A login from the PC's request to its result; some with a slip of the finger before.</summary>
    public async Task LogInAsync(SimulatedPhone phone, bool slips, CancellationToken stop)
    {
        var request = new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) };
        var key = Guid.NewGuid().ToString("N");
        var opened = await InsistAsync(() => platform.OpenAsync(request, key, stop), stop);
        if (slips)
        {
            await SlipAsync(phone, opened, stop);
        }

        var outcome = await ConfirmAsync(phone, opened, SimulatedPhone.Pin, stop);
        if (outcome is PinOutcome.Done)
        {
            wrongTries[phone.Certificate.CertificateId] = 0;
        }
        else if (outcome is not PinOutcome.Ended)
        {
            lost.Enqueue($"{opened.SessionId}: the right PIN was answered with {outcome}");
        }

        var status = await InsistAsync(() => UntilEndedAsync(opened.SessionId, stop), stop);
        if (status is { End: SessionEnd.Ok, Result.Signatures: var signatures })
        {
            Check(phone, request, opened.SessionId, signatures);
        }
        else if (outcome is PinOutcome.Done)
        {
            lost.Enqueue($"{opened.SessionId}: confirmed, and ended with {status.End}");
        }

        told.Enqueue(new Told(opened.SessionId, phone, status.End ?? throw new FlowFailedException("a session ended without an end"), status.Result?.Signatures ?? []));
    }

    /// <summary>One wrong PIN that no right one follows; the session is then given up.</summary>
    public async Task SlipAndLeaveAsync(SimulatedPhone phone, CancellationToken stop)
    {
        var request = new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) };
        var key = Guid.NewGuid().ToString("N");
        var opened = await InsistAsync(() => platform.OpenAsync(request, key, stop), stop);
        await SlipAsync(phone, opened, stop);
        var status = await InsistAsync(() => platform.CancelAsync(opened.SessionId, stop), stop);
        told.Enqueue(new Told(opened.SessionId, phone, status.End ?? SessionEnd.Cancelled, []));
    }

    /// <summary>Everything that was ever answered, asked for once more.</summary>
    public async Task AskAgainAsync(CancellationToken stop)
    {
        foreach (var answer in told)
        {
            var status = await InsistAsync(() => platform.GetAsync(answer.Session, cancellation: stop), stop);
            if (status.End != answer.End || !Same(status.Result?.Signatures ?? [], answer.Signatures))
            {
                lost.Enqueue($"{answer.Session}: answered as {answer.End}, now {status.End}");
            }
        }
    }

    public async Task<T> InsistAsync<T>(Func<Task<T>> ask, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(patience);
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception exception) when (Failures.IsAway(exception) || exception is ApiRefusedException { Code: ErrorCodes.SessionConfirming } || (exception is OperationCanceledException && !stop.IsCancellationRequested))
            {
                try
                {
                    await Task.Delay(Pause, limit.Token);
                }
                catch (OperationCanceledException) when (!stop.IsCancellationRequested)
                {
                    throw new FlowFailedException($"no answer within {patience.TotalSeconds} s: {Failures.Name(exception)}");
                }
            }
        }
    }

    public void Dispose()
    {
        http.Dispose();
        token.Dispose();
    }

    /// <summary>Fewer failures than tries would be tries for nothing.</summary>
    private async Task SlipAsync(SimulatedPhone phone, OpenedSession opened, CancellationToken stop)
    {
        var certificate = phone.Certificate.CertificateId;
        switch (await ConfirmAsync(phone, opened, WrongPin, stop))
        {
            case PinOutcome.WrongPin wrong:
                var tries = wrongTries.AddOrUpdate(certificate, 1, (_, count) => count + 1);
                if (wrong.Failures < tries)
                {
                    lost.Enqueue($"{certificate}: {tries} wrong PINs, and {wrong.Failures} counted");
                }

                break;
            case PinOutcome.Ended:
                break;
            case var outcome:
                lost.Enqueue($"{certificate}: a wrong PIN was answered with {outcome}");
                break;
        }
    }

    /// <summary>Scans and confirms until there is a definite outcome; what the try before left behind is settled first.</summary>
    private async Task<PinOutcome> ConfirmAsync(SimulatedPhone phone, OpenedSession opened, string pin, CancellationToken stop)
    {
        var certificate = phone.Certificate.CertificateId;
        return await InsistAsync(async () =>
        {
            try
            {
                if (await phone.Client.ResumeAsync(certificate, stop) is { } left and not PinOutcome.Ended)
                {
                    return left;
                }

                var scanned = await phone.Client.ScanAsync(opened.Link(), stop);
                switch (await phone.Client.OpenRequestAsync(scanned, certificate, stop))
                {
                    case RequestOpening.Opened(var request):
                        using (request)
                        {
                            return await phone.Client.ConfirmAsync(request, pin, stop);
                        }

                    case RequestOpening.NotOpened(var reason):
                        return reason;
                    case var other:
                        throw new FlowFailedException($"the request opened as {other}");
                }
            }
            catch (ApiRefusedException refused) when (refused.Code is ErrorCodes.SessionEnded or ErrorCodes.SessionExpired)
            {
                return new PinOutcome.Ended();
            }
            catch (ApiRefusedException refused) when (refused.Code is ErrorCodes.NotFound or ErrorCodes.ChannelRejected or ErrorCodes.QrStale or ErrorCodes.SessionConfirming or ErrorCodes.InvalidDpop)
            {
                // The memory of the scan went with its silo, the memory of the proofs with Redis, or meanwhile the code went stale: the user scans again.
                throw new PhoneLinkException(refused.Code, refused);
            }
        }, stop);
    }

    private async Task<SessionStatus> UntilEndedAsync(Guid session, CancellationToken stop)
    {
        var status = await platform.GetAsync(session, cancellation: stop);
        while (status.State != SessionState.Completed)
        {
            status = await platform.GetAsync(session, status.State, TimeSpan.FromSeconds(5), stop);
        }

        return status;
    }

    private void Check(SimulatedPhone phone, CreateSessionRequest request, Guid session, IReadOnlyList<DocumentSignature> signatures)
    {
        var good = signatures is [var signature] && SigningForms.TryParse(signature.Form, out var kind)
            && SigningForm.TryDecode(new SigningDocument(kind, signature.ToBeSigned), out var form) && form is LoginForm login && login.Challenge.AsSpan().SequenceEqual(request.Challenge)
            && Sm2Signature.TryParseRaw(signature.Signature, out var raw) && raw!.Verify(phone.PublicKey, form.Digest(phone.PublicKey));
        if (!good)
        {
            lost.Enqueue($"{session}: its signature is not of what was asked");
        }
    }

    private static bool Same(IReadOnlyList<DocumentSignature> a, IReadOnlyList<DocumentSignature> b) =>
        a.Count == b.Count && a.Zip(b).All(pair => pair.First.Signature.AsSpan().SequenceEqual(pair.Second.Signature) && pair.First.ToBeSigned.AsSpan().SequenceEqual(pair.Second.ToBeSigned));
}
