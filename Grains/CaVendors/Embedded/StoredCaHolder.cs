using System.Collections.Immutable;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.CaVendors.Embedded;

/// <summary>The stored state of <see cref="CaHolderGrain"/>: one holder's part of <see cref="EmbeddedCaState"/>.</summary>
public sealed record StoredCaHolder : IHasOutbox<StoredCaHolder>
{
    /// <summary>By application number.</summary>
    public ImmutableDictionary<string, CaFile> Files { get; init; } = ImmutableDictionary<string, CaFile>.Empty;

    /// <summary>Oldest first.</summary>
    public ImmutableList<EscrowedKey> Escrow { get; init; } = [];

    /// <summary>By serial number.</summary>
    public ImmutableDictionary<string, CertificateRevocation> Revoked { get; init; } = ImmutableDictionary<string, CertificateRevocation>.Empty;

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredCaHolder WithOutbox(Outbox outbox) => this with { Outbox = outbox };

    public EmbeddedCaState ToCa(CaId ca, CaAuthorities authorities) => new(
        ca.Value, new(authorities.Root.Certificate, authorities.Root.ProtectedKey), new(authorities.Issuing.Certificate, authorities.Issuing.ProtectedKey), Files, Escrow, Revoked);

    /// <summary>The next state, with the news for those who answer about serial numbers.</summary>
    public StoredCaHolder Next(CaId ca, EmbeddedCaState decided)
    {
        var outbox = Outbox;
        foreach (var file in decided.Files.Values.Where(file => file.Issued is not null && Files.GetValueOrDefault(file.Application.Number)?.Issued is null))
        {
            foreach (var serial in (string[])[file.Issued!.SigningSerialNumber, file.Issued.EncryptionSerialNumber])
            {
                outbox = outbox.Add(CaHolderOutbox.Issued, $"{ca}/{serial}", file.Application.Holder);
            }
        }

        foreach (var (serial, revocation) in decided.Revoked.Where(entry => !Revoked.ContainsKey(entry.Key)))
        {
            var issue = decided.Files.Values.Select(file => file.Issued).First(issue => issue?.SigningSerialNumber == serial || issue?.EncryptionSerialNumber == serial)!;
            outbox = outbox.Add(CaHolderOutbox.Revoked, ca.Value, new CaRevokedSerial(serial, revocation.At, revocation.Reason, issue.NotAfter));
        }

        return new StoredCaHolder { Files = decided.Files, Escrow = decided.Escrow, Revoked = decided.Revoked, Outbox = outbox };
    }
}
