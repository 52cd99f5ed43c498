namespace Bzt.Protocol.Certificates.Revocation;

/// <summary>How bytes are fetched. Bounded in time and size by whoever implements it; null for any failure.</summary>
public interface IRevocationFetcher
{
    /// <param name="address">http or https, named by a certificate whose path was proven.</param>
    /// <param name="ocspRequest">To be posted as application/ocsp-request; null to get a list.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<byte[]?> FetchAsync(Uri address, byte[]? ocspRequest, CancellationToken cancellation);
}

/// <summary>
/// Whether a certificate was revoked: its responder is asked first, its list second. Answers are kept as long as their makers allow and
/// an hour at most, trouble for a minute; so many and no more. Several who ask the same wait for one answer.
/// </summary>
/// <remarks>
/// The caller has proven the path to a root it trusts (<see cref="Sm2CertificatePath"/>): addresses are fetched because the CA wrote them.
/// </remarks>
public sealed class RevocationChecker(IRevocationFetcher fetcher, TimeProvider time, IRandomSource random)
{
    /// <summary>Certificates remembered.</summary>
    public const int MostStatuses = 10_000;

    /// <summary>Lists remembered; each may be large.</summary>
    public const int MostLists = 32;

    private static readonly TimeSpan KeptAtMost = TimeSpan.FromHours(1);
    private static readonly TimeSpan TroubleKept = TimeSpan.FromMinutes(1);

    private readonly BoundedMemory<RevocationStatus> statuses = new(MostStatuses, time);
    private readonly BoundedMemory<RevocationList?> lists = new(MostLists, time);

    /// <param name="certificate">In question.</param>
    /// <param name="issuer">Its issuer, as proven by the path.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<RevocationStatus> CheckAsync(Sm2Certificate certificate, Sm2Certificate issuer, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(issuer);
        if (!certificate.IsIssuedBy(issuer))
        {
            throw new ArgumentException("The issuer must be the one of the proven path.", nameof(issuer));
        }

        return statuses.GetAsync($"{Convert.ToHexString(issuer.PublicKey.Encode())}/{certificate.Serial}", async () =>
        {
            var status = await AskAsync(certificate, issuer);
            return (status, KeptUntil(status));
        }).WaitAsync(cancellation);
    }

    private async Task<RevocationStatus> AskAsync(Sm2Certificate certificate, Sm2Certificate issuer)
    {
        var addresses = RevocationAddresses.Of(certificate);
        RevocationTrouble? first = null;
        foreach (var responder in addresses.Responders)
        {
            var exchange = new OcspExchange(certificate, issuer, random);
            var status = await fetcher.FetchAsync(responder, exchange.Request, CancellationToken.None) is { } response
                ? exchange.Judge(response, time.GetUtcNow())
                : new RevocationStatus.Unknown(RevocationTrouble.Unreachable);
            if (status is not RevocationStatus.Unknown { Why: not RevocationTrouble.NotIssued and var why })
            {
                return status;
            }

            first ??= why;
        }

        foreach (var address in addresses.Lists)
        {
            RevocationTrouble? trouble = null;
            var list = await lists.GetAsync($"{Convert.ToHexString(issuer.PublicKey.Encode())}/{address}", async () =>
            {
                (var read, trouble) = await ReadAsync(address, issuer);
                return (read, read is null ? time.GetUtcNow() + TroubleKept : Earlier(read.NextUpdate, time.GetUtcNow() + KeptAtMost));
            });
            var status = list?.StatusOf(certificate, time.GetUtcNow()) ?? new RevocationStatus.Unknown(trouble ?? RevocationTrouble.Unreachable);
            if (status is not RevocationStatus.Unknown { Why: var why })
            {
                return status;
            }

            first ??= why;
        }

        return new RevocationStatus.Unknown(first ?? RevocationTrouble.NoAddress);
    }

    private async Task<(RevocationList? List, RevocationTrouble? Trouble)> ReadAsync(Uri address, Sm2Certificate issuer) =>
        await fetcher.FetchAsync(address, null, CancellationToken.None) is not { } der ? (null, RevocationTrouble.Unreachable)
        : RevocationList.TryParse(der, issuer, out var list, out var trouble) ? (list, null)
        : (null, trouble);

    private DateTimeOffset KeptUntil(RevocationStatus status)
    {
        var now = time.GetUtcNow();
        return status switch
        {
            RevocationStatus.Good(_, var until, _) => Earlier(until, now + KeptAtMost),
            RevocationStatus.Revoked => now + KeptAtMost,
            _ => now + TroubleKept,
        };
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
