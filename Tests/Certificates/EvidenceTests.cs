using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Evidence;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;

namespace Bzt.Tests.Certificates;

public class EvidenceTests
{
    private static readonly CertificateId Certificate = new(Guid.Parse("0192f3a0-0000-7000-8000-000000000001"));
    private static readonly UserId Holder = new(Guid.Parse("0192f3a0-0000-7000-8000-000000000002"));
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 1, 2, 3, 456, TimeSpan.Zero);

    private readonly SecretScalar key = Secret(1);

    private Point PublicKey => Sm2Group.MultiplyBase(key.Value);

    [Fact]
    public void A_whole_chain_with_a_signed_head_verifies()
    {
        Assert.Equal(EvidenceFault.None, Export().Verify(PublicKey.Encode()));
        Assert.Equal(EvidenceFault.None, Export(entries: 0).Verify(PublicKey.Encode()));
    }

    [Fact]
    public void The_export_survives_its_json_and_matches_the_golden_file()
    {
        var json = JsonSerializer.Serialize(Export(), BztJson.Default.EvidenceExport);
        var back = JsonSerializer.Deserialize(json, BztJson.Default.EvidenceExport)!;
        Assert.Equal(EvidenceFault.None, back.Verify(PublicKey.Encode()));
        // The signature is randomised: the golden file has its own, and everything else must be as it was released.
        var golden = JsonSerializer.Deserialize(GoldenFile.Read("evidence-v1.json"), BztJson.Default.EvidenceExport)!;
        Assert.Equal(EvidenceFault.None, golden.Verify(PublicKey.Encode()));
        Assert.Equal(
            JsonSerializer.Serialize(golden with { Head = golden.Head with { Signature = [] } }, BztJson.Default.EvidenceExport),
            JsonSerializer.Serialize(back with { Head = back.Head with { Signature = [] } }, BztJson.Default.EvidenceExport));
    }

    [Theory]
    [InlineData("drop-first", EvidenceFault.Gap)]
    [InlineData("drop-last", EvidenceFault.HeadMismatch)]
    [InlineData("swap", EvidenceFault.Gap)]
    [InlineData("double", EvidenceFault.Gap)]
    [InlineData("kind", EvidenceFault.BrokenLink)]
    [InlineData("time", EvidenceFault.BrokenLink)]
    [InlineData("digest", EvidenceFault.BrokenLink)]
    [InlineData("holder", EvidenceFault.BrokenLink)]
    [InlineData("request", EvidenceFault.BrokenLink)]
    [InlineData("opened-fact", EvidenceFault.BrokenLink)]
    [InlineData("half-opened-fact", EvidenceFault.BrokenLink)]
    [InlineData("commitment", EvidenceFault.BrokenLink)]
    [InlineData("last-kind", EvidenceFault.HeadMismatch)]
    [InlineData("certificate", EvidenceFault.BrokenLink)]
    [InlineData("head-time", EvidenceFault.BadSignature)]
    [InlineData("signature", EvidenceFault.BadSignature)]
    [InlineData("key", EvidenceFault.BadSignature)]
    public void Every_alteration_is_found(string alteration, EvidenceFault expected)
    {
        var export = Export();
        var trusted = PublicKey.Encode();
        var entries = export.Entries.ToList();
        var first = entries[0];
        switch (alteration)
        {
            case "drop-first": entries.RemoveAt(0); break;
            case "drop-last": entries.RemoveAt(entries.Count - 1); break;
            case "swap": (entries[0], entries[1]) = (entries[1], entries[0]); break;
            case "double": entries.Insert(1, first); break;
            case "kind": entries[0] = first with { Kind = EvidenceKind.WrongPin }; break;
            case "time": entries[0] = first with { At = first.At.AddMilliseconds(1) }; break;
            case "digest": entries[0] = first with { Digests = [new byte[32]] }; break;
            case "holder": entries[0] = first with { Holder = new byte[32] }; break;
            case "request": entries[0] = first with { Request = Guid.Empty }; break;
            case "opened-fact": entries[0] = first with { Facts = [first.Facts[0] with { Value = "荆门" }] }; break;
            case "half-opened-fact": entries[0] = first with { Facts = [first.Facts[0] with { Salt = null }] }; break;
            case "commitment": entries[0] = first with { Facts = [first.Facts[0] with { Commitment = new byte[32], Value = null, Salt = null }] }; break;
            case "last-kind": entries[^1] = entries[^1] with { Kind = EvidenceKind.Decrypted }; break;
            case "certificate": export = export with { CertificateId = Guid.NewGuid() }; break;
            case "head-time": export = export with { Head = export.Head with { SignedAt = export.Head.SignedAt.AddMilliseconds(1) } }; break;
            case "signature": export = export with { Head = export.Head with { Signature = new byte[64] } }; break;
            case "key": trusted = Sm2Group.MultiplyBase(Secret(2).Value).Encode(); break;
            default: throw new ArgumentOutOfRangeException(nameof(alteration));
        }

        Assert.Equal(expected, (export with { Entries = entries }).Verify(trusted));
    }

    [Fact]
    public void Deleting_what_opens_a_fact_leaves_the_chain_whole()
    {
        var export = Export();
        var forgotten = export with
        {
            Entries = [.. export.Entries.Select(entry => entry with { Facts = [.. entry.Facts.Select(fact => fact with { Value = null, Salt = null })] })],
        };
        Assert.Equal(EvidenceFault.None, forgotten.Verify(PublicKey.Encode()));
        Assert.DoesNotContain("宜昌", JsonSerializer.Serialize(forgotten, BztJson.Default.EvidenceExport));
    }

    [Fact]
    public void The_pseudonym_is_the_certificates_own()
    {
        var one = EvidenceEntry.Pseudonym(Holder.Value, new byte[32]);
        Assert.Equal(one, EvidenceEntry.Pseudonym(Holder.Value, new byte[32]));
        Assert.NotEqual(one, EvidenceEntry.Pseudonym(Holder.Value, [1, .. new byte[31]]));
    }

    private EvidenceExport Export(int entries = 3)
    {
        var log = EvidenceLog.Begin([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        var list = new List<EvidenceExportEntry>();
        for (var i = 1; i <= entries; i++)
        {
            var request = new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
            (log, var record) = log.Append(
                Certificate, Holder, Start.AddTicks(i * 12345), EvidenceKind.Signed, request, [("platform", "宜昌公共资源电子交易平台")], [Sm3.Hash([(byte)i])]);
            list.Add(new EvidenceExportEntry(
                record.Sequence, record.Previous, record.At, record.Kind, record.Holder, record.Request,
                [.. record.Facts.Select(fact => new EvidenceExportFact(fact.Name, fact.Commitment, fact.Value, fact.Salt))], record.Digests));
        }

        var head = new EvidenceHead(Certificate.Value, log.Sequence, log.Hash, Start);
        return new EvidenceExport(
            Certificate.Value, list,
            new EvidenceExportHead(head.Sequence, head.Hash, head.SignedAt, head.Sign(key, PublicKey, SystemRandom.Instance).ToRaw()),
            PublicKey.Encode());
    }

    private static SecretScalar Secret(byte value)
    {
        var bytes = new byte[32];
        bytes[31] = value;
        Assert.True(Scalar.TryDecode(bytes, out var scalar));
        return new SecretScalar(scalar);
    }
}
