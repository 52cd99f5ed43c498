using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Flows;

/// <summary>What a flow asks to be signed.</summary>
internal enum FlowKind
{
    Login,
    Seal,
}

/// <summary>A trading platform's backend and the PC in front of it: opens sessions, waits for their ends, verifies what was signed.</summary>
internal sealed class SimulatedPlatform : IDisposable
{
    private readonly HttpClient token;
    private readonly HttpClient http;
    private readonly PlatformClient client;

    public SimulatedPlatform(Target target) : this(target, Deployment.PlatformId, target.PlatformSecret)
    {
    }

    public SimulatedPlatform(Target target, string id, string secret)
    {
        token = new HttpClient { BaseAddress = target.Gateway };
        var credentials = new ClientCredentialsHandler(token, id, secret, TimeProvider.System) { InnerHandler = new SocketsHttpHandler() };
        http = new HttpClient(credentials) { BaseAddress = target.Gateway, Timeout = TimeSpan.FromMinutes(2) };
        client = new PlatformClient(http, TimeProvider.System);
    }

    /// <summary>The whole of a platform's API.</summary>
    public PlatformClient Client => client;

    /// <summary>The cluster's, as its operator publishes it.</summary>
    public async Task<byte[]> EvidenceKeyAsync(CancellationToken stop) => (await ChannelTrust.FetchAsync(token, stop)).EvidenceKey;

    public async Task BindAsync(SimulatedPhone phone, CancellationToken stop)
    {
        var certificate = phone.Certificate;
        await SignAsync(phone, new CreateSessionRequest(SessionKind.Bind)
        {
            Challenge = RandomNumberGenerator.GetBytes(32),
            Enterprise = new EnterpriseInfo(certificate.EnterpriseName, certificate.CreditCode),
        }, stop);
    }

    /// <summary>One flow: the PC opens a session, the phone scans, looks and confirms, the PC's poll returns, the signatures are verified.</summary>
    public async Task RunAsync(SimulatedPhone phone, FlowKind kind, int documents, CancellationToken stop)
    {
        var request = kind == FlowKind.Login
            ? new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) }
            : new CreateSessionRequest(SessionKind.Seal) { Documents = [.. Enumerable.Range(1, documents).Select(node => Node(phone, node))] };
        var result = await SignAsync(phone, request, stop);
        var signed = request.Documents ?? [];
        if (result.Signatures.Count != Math.Max(1, signed.Count))
        {
            throw new FlowFailedException("another number of signatures than documents");
        }

        for (var i = 0; i < result.Signatures.Count; i++)
        {
            Verify(phone, result.Signatures[i], request.Challenge, signed.Count > 0 ? signed[i].ToBeSigned : null);
        }
    }

    public void Dispose()
    {
        http.Dispose();
        token.Dispose();
    }

    /// <summary>A session that one confirmation ends with signatures.</summary>
    public async Task<SessionResult> SignAsync(SimulatedPhone phone, CreateSessionRequest request, CancellationToken stop)
    {
        var opened = await client.OpenAsync(request, cancellation: stop);
        var ending = client.WaitAsync(opened.SessionId, cancellation: stop);
        try
        {
            var scanned = await phone.Client.ScanAsync(opened.Link(), stop);
            if (await phone.Client.OpenRequestAsync(scanned, phone.Certificate.CertificateId, stop) is not RequestOpening.Opened(var round))
            {
                throw new FlowFailedException("the request could not be opened");
            }

            using (round)
            {
                if (await phone.Client.ConfirmAsync(round, SimulatedPhone.Pin, stop) is var outcome and not PinOutcome.Done)
                {
                    throw new FlowFailedException($"the confirmation ended with {outcome}");
                }
            }
        }
        catch
        {
            // The poll goes on until the session times out; nobody waits for it any more.
            _ = ending.ContinueWith(static poll => poll.Exception, TaskScheduler.Default);
            throw;
        }

        var status = await ending;
        return status is { End: SessionEnd.Ok, Result: { } result }
            ? result
            : throw new FlowFailedException($"the session ended with {status.End}");
    }

    /// <summary>The signed attributes of one seal in a PDF that nobody made: its digest is random.</summary>
    private static DocumentRequest Node(SimulatedPhone phone, int node) => new(
        SigningForms.CmsPdf, new CmsPdfForm($"投标文件第{node}处.pdf", RandomNumberGenerator.GetBytes(Sm3.Length), phone.CertificateDigest).Content);

    private static void Verify(SimulatedPhone phone, DocumentSignature signature, byte[]? challenge, byte[]? toBeSigned)
    {
        if (!SigningForms.TryParse(signature.Form, out var kind) || !SigningForm.TryDecode(new SigningDocument(kind, signature.ToBeSigned), out var form)
            || (challenge is not null && (form is not LoginForm login || !login.Challenge.AsSpan().SequenceEqual(challenge)))
            || (toBeSigned is not null && !signature.ToBeSigned.AsSpan().SequenceEqual(toBeSigned)))
        {
            throw new FlowFailedException("something else was signed");
        }

        if (!Sm2Signature.TryParseRaw(signature.Signature, out var sm2) || !sm2!.Verify(phone.PublicKey, form.Digest(phone.PublicKey)))
        {
            throw new FlowFailedException("a signature does not verify");
        }
    }
}
