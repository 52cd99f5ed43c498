using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.Certificates;

// Whether the row is what this certificate stored last: altered, put back by itself, or of a restored store.
public sealed partial class CertificateGrain
{
    /// <summary>What this activation read from the store is what was sealed; what it writes itself is so anyhow.</summary>
    private bool pinHolds;

    /// <summary>The row this activation read is the newest there was.</summary>
    private bool isNewest;

    private bool PinHolds() => pinHolds = pinHolds || PinSeal.Holds(protector, Id, Record);

    /// <summary>
    /// A row is stored before the links it adds to the evidence, and a backup has both as they were in one moment; so a row that is behind the
    /// evidence, or ahead of it without the links between, was put back by itself.
    /// </summary>
    private async Task<bool> IsNewestAsync()
    {
        if (isNewest)
        {
            return true;
        }

        if (!await LeadsEvidenceAsync())
        {
            // Unless this activation read it and another one wrote since.
            await stored.ReadStateAsync();
            if (!PinSeal.Holds(protector, Id, Record) || !await LeadsEvidenceAsync())
            {
                return false;
            }
        }

        return isNewest = true;
    }

    private async Task<bool> LeadsEvidenceAsync()
    {
        if (Record.Evidence is not { } head)
        {
            return true;
        }

        if (EvidenceLead.Links(Id, head, Record.Outbox) is not { } links)
        {
            return false;
        }

        // From the page the next link would be in, down to one that cannot be empty.
        EvidenceRecord? newest = null;
        var last = EvidencePages.PageOf(Math.Max(1, EvidenceLead.LeastDelivered(head, links)));
        for (var page = EvidencePages.PageOf(head.Sequence + 1); newest is null && page >= last; page--)
        {
            newest = await GrainFactory.Evidence(Id, page).Read() is [.., var there] ? there : null;
        }

        return EvidenceLead.GoesOn(Id, head, links, newest);
    }

    /// <summary>Nothing is written: the row is what whoever looks into it has to see.</summary>
    private async Task<Refusal> RefuseAlteredAsync(SessionId? session)
    {
        rounds.Dispose();
        Telemetry.StateAltered();
        LogAltered(Id, Record.Shares?.Pin.Failures ?? 0);
        await EndSessionAsync(session, SessionEnd.CertificateUnusable);
        return new Refusal(RefusalCode.CertificateStateAltered);
    }

    private Task EndRestoredResetAsync() => KeepAsync(PinResetRules.EndRestored(Record, Id, restores.Declared, time.GetUtcNow()));

    /// <summary>The phone is ahead. A declared restore explains it, and ends the key; without one nothing is decided.</summary>
    private async Task<SiloAnswer> LoseStateAsync(RoundEffect.StateLost lost, SiloAnswer answer, DateTimeOffset now)
    {
        Telemetry.StateLost();
        LogStateLost(Id, lost.NamedEpoch, lost.Epoch);
        if (!RestoreRules.Explains(Record, restores.Declared))
        {
            return answer;
        }

        rounds.Dispose();
        await SaveAsync(RestoreRules.Supersede(Record, Id, now));
        return new Frozen();
    }

    [LoggerMessage(LogLevel.Critical, "Certificate {Certificate}: its count of wrong PINs ({Failures}) is not the one that was sealed, or its row does not go on from its evidence. Somebody altered the store")]
    private partial void LogAltered(CertificateId certificate, int failures);

    [LoggerMessage(LogLevel.Critical, "Certificate {Certificate}: the phone is at epoch {Named}, the store at {Epoch}. The store lost state")]
    private partial void LogStateLost(CertificateId certificate, int named, int epoch);
}
