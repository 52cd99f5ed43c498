using System.Text.Json;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;
using Npgsql;

namespace Bzt.LoadTests.Chaos;

/// <summary>
/// Reads the store's rows by itself, without the grains and their types, and holds them against each other and against what clients were told:
/// what the product says about itself proves nothing.
/// </summary>
internal sealed class StoreReader : IDisposable
{
    private const int HeaderLength = 3;

    private readonly Dictionary<Guid, JsonDocument> certificates = [];
    private readonly Dictionary<Guid, JsonDocument> sessions = [];

    /// <summary>By hash: a link may lie in both rows of its page, and two that differ are two.</summary>
    private readonly Dictionary<Guid, Dictionary<string, EvidenceLine>> evidence = [];

    private readonly Dictionary<string, JsonDocument> enterprises = [];

    private StoreReader()
    {
    }

    public int Sessions => sessions.Count;

    public int Evidence => evidence.Values.Sum(lines => lines.Count);

    /// <summary>
    /// All rows at one moment. What one grain has told another may still be on its way, after a crash until the sweeper finds it:
    /// read again until chains and answers agree, or for as long as <paramref name="patience"/> lasts.
    /// </summary>
    public static async Task<StoreReader> ReadAsync(string database, IReadOnlyCollection<Told> told, TimeSpan patience, CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reader = await ReadOnceAsync(source, stop);
            if (TimeProvider.System.GetElapsedTime(since) > patience || (reader.BrokenChains().Count == 0 && reader.Lost(told).Count == 0))
            {
                return reader;
            }

            reader.Dispose();
            await Task.Delay(500, stop);
        }
    }

    private static async Task<StoreReader> ReadOnceAsync(NpgsqlDataSource source, CancellationToken stop)
    {
        var reader = new StoreReader();
        await using var command = source.CreateCommand(
            "SELECT GrainTypeString, GrainIdExtensionString, PayloadBinary FROM OrleansStorage WHERE PayloadBinary IS NOT NULL AND GrainTypeString IN "
            + "('certificate/certificate', 'evidence/evidence', 'evidence/evidence-tail', 'qr-session/qr-session', 'enterprise/enterprise')");
        await using var rows = await command.ExecuteReaderAsync(stop);
        while (await rows.ReadAsync(stop))
        {
            reader.Take(rows.GetString(0), rows.GetString(1)[1..], (byte[])rows.GetValue(2));
        }

        return reader;
    }

    /// <summary>Each chain counts without a gap, each link holds the hash of the one before, and the certificate's own state ends it.</summary>
    public List<string> BrokenChains()
    {
        var broken = new List<string>();
        foreach (var (id, certificate) in certificates)
        {
            if (!certificate.RootElement.TryGetProperty("evidence", out var head))
            {
                continue;
            }

            var (sequence, previous) = (0L, EvidenceEntry.Beginning);
            foreach (var line in evidence.GetValueOrDefault(id, []).Values.OrderBy(line => line.Entry.Sequence))
            {
                if (line.Entry.Sequence != ++sequence || !line.Entry.Previous.AsSpan().SequenceEqual(previous))
                {
                    broken.Add($"{id}: link {line.Entry.Sequence} does not continue {sequence - 1}");
                }

                previous = line.Entry.Hash();
            }

            if (head.GetProperty("sequence").GetInt64() != sequence || !head.GetProperty("hash").GetBytesFromBase64().AsSpan().SequenceEqual(previous))
            {
                broken.Add($"{id}: the chain ends at {sequence}, the certificate at {head.GetProperty("sequence").GetInt64()}");
            }
        }

        return broken;
    }

    /// <summary>One entry at most releases signatures for a request.</summary>
    public List<string> DoubleReleases() => [.. evidence.SelectMany(chain => chain.Value.Values)
        .Where(line => line.Entry.Kind is EvidenceKind.Signed or EvidenceKind.Decrypted)
        .GroupBy(line => line.Entry.Request).Where(group => group.Count() > 1)
        .Select(group => $"request {group.Key} was released {group.Count()} times")];

    /// <summary>r = e + x(kG): the same x under two signatures would be the same nonce. Over all that are stored, and all that clients were told.</summary>
    public List<string> RepeatedNonces(IEnumerable<Told> told)
    {
        var signatures = new Dictionary<string, (Scalar X, string Where)>(StringComparer.Ordinal);
        foreach (var answer in told)
        {
            foreach (var signature in answer.Signatures)
            {
                Add(answer.Phone.PublicKey, signature.ToBeSigned, signature.Signature, $"told of {answer.Session}");
            }
        }

        foreach (var (id, session) in sessions)
        {
            if (session.RootElement.TryGetProperty("outcome", out var outcome) && outcome.TryGetProperty("signer", out var signer)
                && Protocol.Certificates.Sm2Certificate.TryParse(signer.GetProperty("signingCertificate").GetBytesFromBase64(), out var certificate))
            {
                foreach (var signature in outcome.GetProperty("signatures").EnumerateArray())
                {
                    Add(certificate.PublicKey, signature.GetProperty("toBeSigned").GetBytesFromBase64(), signature.GetProperty("signature").GetBytesFromBase64(), $"stored with {id}");
                }
            }
        }

        return [.. signatures.Values.GroupBy(signature => signature.X).Where(group => group.Count() > 1)
            .Select(group => "one nonce: " + string.Join(", ", group.Select(signature => signature.Where)))];

        void Add(Point publicKey, byte[] toBeSigned, byte[] raw, string where)
        {
            if (Sm2Signature.TryParseRaw(raw, out var signature))
            {
                var e = Scalar.Reduce(Sm2Signature.Digest(publicKey, toBeSigned));
                signatures.TryAdd(Convert.ToHexString(raw), (signature!.R - e, where));
            }
        }
    }

    /// <summary>What clients were answered is in the store, with the very signatures, and in the evidence with their digests.</summary>
    public List<string> Lost(IEnumerable<Told> told)
    {
        var lost = new List<string>();
        foreach (var answer in told)
        {
            if (!sessions.TryGetValue(answer.Session, out var session) || !session.RootElement.TryGetProperty("end", out var end)
                || !string.Equals(end.GetString(), answer.End.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                lost.Add($"session {answer.Session} was answered as {answer.End} and is not stored so");
                continue;
            }

            if (answer.Signatures.Count == 0)
            {
                continue;
            }

            var stored = session.RootElement.GetProperty("outcome").GetProperty("signatures").EnumerateArray().Select(signature => signature.GetProperty("signature").GetString());
            var digests = answer.Signatures.Select(signature => Convert.ToHexString(Sm2Signature.Digest(answer.Phone.PublicKey, signature.ToBeSigned)));
            var entry = evidence.GetValueOrDefault(answer.Phone.Certificate.CertificateId, []).Values.SingleOrDefault(line => line.Entry.Kind == EvidenceKind.Signed && line.Entry.Request == answer.Session);
            if (!stored.SequenceEqual(answer.Signatures.Select(signature => Convert.ToBase64String(signature.Signature))))
            {
                lost.Add($"session {answer.Session} stores other signatures than were answered");
            }
            else if (entry is null || !entry.Entry.Digests.Select(Convert.ToHexString).SequenceEqual(digests))
            {
                lost.Add($"session {answer.Session} has no evidence of what was answered");
            }
        }

        return lost;
    }

    /// <summary>Certificates whose stored count is below the wrong PINs that were answered since the last right one.</summary>
    public List<string> TriesForNothing(IEnumerable<KeyValuePair<Guid, int>> wrongTries) => [.. wrongTries
        .Select(tries => (tries.Key, Made: tries.Value, Counted: certificates[tries.Key].RootElement.GetProperty("shares").GetProperty("pin").GetProperty("failures").GetInt32()))
        .Where(tries => tries.Counted < tries.Made)
        .Select(tries => $"{tries.Key}: {tries.Made} tries, {tries.Counted} counted")];

    /// <summary>Every claimed enterprise has one member that is its administrator, and it is the one the enterprise names.</summary>
    public List<string> AdministratorsBeyondOne()
    {
        var wrong = new List<string>();
        foreach (var (creditCode, enterprise) in enterprises)
        {
            if (!enterprise.RootElement.TryGetProperty("claimed", out var claimed))
            {
                continue;
            }

            var administrators = claimed.GetProperty("members").EnumerateArray()
                .Where(member => member.GetProperty("role").GetString() == "administrator").Select(member => member.GetProperty("user").GetRawText()).ToList();
            if (administrators.Count != 1 || administrators[0] != claimed.GetProperty("administrator").GetRawText())
            {
                wrong.Add($"{creditCode}: {administrators.Count} administrators");
            }
        }

        return wrong;
    }

    public void Dispose()
    {
        foreach (var document in (JsonDocument[])[.. certificates.Values, .. sessions.Values, .. enterprises.Values])
        {
            document.Dispose();
        }
    }

    private void Take(string type, string key, byte[] payload)
    {
        var state = JsonDocument.Parse(payload.AsMemory(HeaderLength));
        switch (type)
        {
            case "certificate/certificate":
                certificates.Add(Guid.Parse(key), state);
                break;
            case "qr-session/qr-session":
                sessions.Add(Guid.Parse(key), state);
                break;
            case "enterprise/enterprise":
                enterprises.Add(key, state);
                break;
            default:
                var certificate = Guid.Parse(key[..key.IndexOf('/', StringComparison.Ordinal)]);
                if (!evidence.TryGetValue(certificate, out var lines))
                {
                    evidence.Add(certificate, lines = []);
                }

                using (state)
                {
                    foreach (var line in state.RootElement.GetProperty("records").EnumerateArray().Select(record => EvidenceLine.Of(certificate, record)))
                    {
                        lines.TryAdd(Convert.ToHexString(line.Entry.Hash()), line);
                    }
                }

                break;
        }
    }

    private sealed record EvidenceLine(EvidenceEntry Entry)
    {
        public static EvidenceLine Of(Guid certificate, JsonElement record) => new(new EvidenceEntry(
            certificate,
            record.GetProperty("sequence").GetInt64(),
            record.GetProperty("previous").GetBytesFromBase64(),
            record.GetProperty("at").GetDateTimeOffset(),
            Enum.Parse<EvidenceKind>(record.GetProperty("kind").GetString()!, ignoreCase: true),
            record.GetProperty("holder").GetBytesFromBase64(),
            record.GetProperty("request").GetGuid(),
            [.. record.GetProperty("facts").EnumerateArray().Select(fact => new EvidenceCommitment(fact.GetProperty("name").GetString()!, fact.GetProperty("commitment").GetBytesFromBase64()))],
            [.. record.GetProperty("digests").EnumerateArray().Select(digest => digest.GetBytesFromBase64())]));
    }
}
