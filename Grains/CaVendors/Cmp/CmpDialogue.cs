using System.Net.Http.Headers;
using System.Text.Json;
using Bzt.Protocol;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cmp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Cmp;

namespace Bzt.Grains.CaVendors.Cmp;

/// <summary>What the CA said to a request.</summary>
internal abstract record CmpAnswer
{
    private CmpAnswer()
    {
    }

    /// <summary>A response to each certificate that was asked for, confirmed by us and by the CA.</summary>
    public sealed record Issued(CertResponse Response, IReadOnlyList<byte[]> Certificates) : CmpAnswer;

    public sealed record Revoked : CmpAnswer;

    public sealed record Waiting(byte[] Dialogue) : CmpAnswer;

    /// <param name="FailInfo">The bits of PKIFailureInfo.</param>
    public sealed record Rejected(int FailInfo, string Text) : CmpAnswer;

    public sealed record Unavailable(string Reason) : CmpAnswer;
}

/// <summary>
/// One transaction with a CA (RFC 4210): request, perhaps polling, response, confirmation. Every answer is protected, belongs to the
/// transaction and answers our last nonce; anything else is no answer.
/// </summary>
internal sealed class CmpDialogue(HttpClient http, Uri endpoint, GeneralName recipient, CmpProtection protection, TimeProvider time)
{
    private const int LongestAnswer = 256 * 1024;
    private static readonly DerInteger NoRequestId = DerInteger.ValueOf(-1);

    private byte[] transaction = SystemRandom.Instance.Bytes(16);
    private byte[]? theirNonce;
    private int requestId;

    public DerInteger RequestId => requestId < 0 ? NoRequestId : DerInteger.ValueOf(requestId);

    /// <summary>Goes on with a transaction the CA said to wait for.</summary>
    public void Resume(byte[] dialogue)
    {
        var kept = JsonSerializer.Deserialize<Kept>(dialogue) ?? throw new FormatException("A dialogue is null.");
        (transaction, theirNonce, requestId) = (kept.Transaction, kept.TheirNonce, kept.RequestId);
    }

    /// <param name="body">ir, cr, kur, p10cr or rr; null to poll for what was resumed.</param>
    /// <param name="id">The request's certReqId; −1 for a p10cr (RFC 9480).</param>
    /// <param name="patience">How long it may take, polling included.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CmpAnswer> RunAsync(PkiBody? body, int id, TimeSpan patience, CancellationToken cancellation)
    {
        requestId = body is null ? requestId : id;
        var until = time.GetUtcNow() + patience;
        var next = body ?? Poll();
        while (true)
        {
            var (answer, trouble) = await ExchangeAsync(next, cancellation);
            if (answer is null)
            {
                return new CmpAnswer.Unavailable(trouble);
            }

            switch (answer.Type)
            {
                case PkiBody.TYPE_INIT_REP or PkiBody.TYPE_CERT_REP or PkiBody.TYPE_KEY_UPDATE_REP:
                    var (done, waits) = await ReadAsync(CertRepMessage.GetInstance(answer.Content), cancellation);
                    if (!waits)
                    {
                        return done!;
                    }

                    next = Poll();
                    continue;
                case PkiBody.TYPE_POLL_REP:
                    var wait = TimeSpan.FromSeconds(PollRepContent.GetInstance(answer.Content).GetCheckAfter(0).IntValueExact);
                    if (wait < TimeSpan.Zero || time.GetUtcNow() + wait > until)
                    {
                        return new CmpAnswer.Waiting(JsonSerializer.SerializeToUtf8Bytes(new Kept(transaction, theirNonce, requestId)));
                    }

                    await Task.Delay(wait, time, cancellation);
                    next = Poll();
                    continue;
                case PkiBody.TYPE_REVOCATION_REP:
                    return StatusOf(RevRepContent.GetInstance(answer.Content).GetStatus()[0]) ?? new CmpAnswer.Revoked();
                case PkiBody.TYPE_ERROR:
                    return StatusOf(ErrorMsgContent.GetInstance(answer.Content).PkiStatusInfo) ?? new CmpAnswer.Unavailable("an error that says it is none");
                default:
                    return new CmpAnswer.Unavailable($"a body of type {answer.Type}");
            }
        }
    }

    /// <summary>The response to our request; waits says that it is not there yet.</summary>
    private async Task<(CmpAnswer? Answer, bool Waits)> ReadAsync(CertRepMessage message, CancellationToken cancellation)
    {
        var responses = message.GetResponse();
        if (responses.Length != 1 || !responses[0].CertReqID.Equals(RequestId))
        {
            return (new CmpAnswer.Unavailable("a response to another request"), false);
        }

        var response = responses[0];
        if (response.Status.StatusObject.IntValueExact == (int)PkiStatus.Waiting)
        {
            return (null, true);
        }

        if (StatusOf(response.Status) is { } refusal)
        {
            return (refusal, false);
        }

        if (response.CertifiedKeyPair?.CertOrEncCert.Certificate is not { IsX509v3PKCert: true } certificate)
        {
            return (new CmpAnswer.Unavailable("a response without a certificate"), false);
        }

        // The CA holds its certificate back until we say that it arrived (RFC 4210, 5.3.18), by the digest of its own signature algorithm.
        var confirmation = new CertificateConfirmationContentBuilder()
            .AddAcceptedCertificate(new Org.BouncyCastle.X509.X509Certificate(certificate.X509v3PKCert), RequestId).Build();
        var (answer, trouble) = await ExchangeAsync(new PkiBody(PkiBody.TYPE_CERT_CONFIRM, confirmation.ToAsn1Structure()), cancellation);
        return answer?.Type switch
        {
            PkiBody.TYPE_CONFIRM => (new CmpAnswer.Issued(response, [.. (message.GetCAPubs() ?? []).Where(one => one.IsX509v3PKCert).Select(one => one.X509v3PKCert.GetDerEncoded())]), false),
            PkiBody.TYPE_ERROR => (StatusOf(ErrorMsgContent.GetInstance(answer.Content).PkiStatusInfo) ?? new CmpAnswer.Unavailable("not confirmed"), false),
            null => (new CmpAnswer.Unavailable(trouble), false),
            _ => (new CmpAnswer.Unavailable($"a confirmation answered by type {answer.Type}"), false),
        };
    }

    private PkiBody Poll() => new(PkiBody.TYPE_POLL_REQ, new PollReqContent(RequestId));

    private async Task<(PkiBody? Body, string Trouble)> ExchangeAsync(PkiBody body, CancellationToken cancellation)
    {
        var ourNonce = SystemRandom.Instance.Bytes(16);
        var builder = new ProtectedPkiMessageBuilder(protection.Sender, recipient)
            .SetTransactionId(transaction).SetSenderNonce(ourNonce).SetMessageTime(time.GetUtcNow().UtcDateTime).SetBody(body);
        if (theirNonce is not null)
        {
            builder.SetRecipNonce(theirNonce);
        }

        using var content = new ByteArrayContent(protection.Protect(builder).ToAsn1Message().GetDerEncoded()) { Headers = { ContentType = new MediaTypeHeaderValue("application/pkixcmp") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = content };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellation);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
        try
        {
            // An error may come with any HTTP status (RFC 6712, 3.4): the body says more.
            var message = new GeneralPkiMessage(bytes);
            var header = message.Header;
            if (header.TransactionID?.GetOctets().AsSpan().SequenceEqual(transaction) != true || header.RecipNonce?.GetOctets().AsSpan().SequenceEqual(ourNonce) != true)
            {
                return (null, "an answer to something else");
            }

            if (!message.HasProtection || !protection.Verifies(new ProtectedPkiMessage(message)))
            {
                return (null, "an answer that is not protected");
            }

            theirNonce = header.SenderNonce?.GetOctets();
            return (message.Body, "");
        }
        catch (Exception malformed) when (malformed is not (OutOfMemoryException or OperationCanceledException))
        {
            // BouncyCastle's parsers let out whatever they met.
            return (null, response.IsSuccessStatusCode ? "an answer that is no message" : $"HTTP {(int)response.StatusCode}");
        }
    }

    /// <summary>Null for what was granted.</summary>
    private static CmpAnswer? StatusOf(PkiStatusInfo status) => status.StatusObject.IntValueExact switch
    {
        (int)PkiStatus.Granted or (int)PkiStatus.GrantedWithMods or (int)PkiStatus.RevocationNotification or (int)PkiStatus.RevocationWarning => null,
        _ => new CmpAnswer.Rejected(status.FailInfo?.IntValue ?? 0, status.StatusString is { Count: > 0 } text ? text[0].GetString() : ""),
    };

    private sealed record Kept(byte[] Transaction, byte[]? TheirNonce, int RequestId);
}
