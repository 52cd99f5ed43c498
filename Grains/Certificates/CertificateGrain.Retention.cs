namespace Bzt.Grains.Certificates;

// Its end for good: decided here, so that no other turn of this certificate falls between the decision and the deletion.
public sealed partial class CertificateGrain
{
    public Task<CertificateEnd?> GetEnd(int years) => Task.FromResult(RetentionRules.MayErase(Record, years, time.GetUtcNow())
        ? new CertificateEnd(Record.Created!.Holder, Record.Created.CreditCode.Value is { Length: > 0 } ? Record.Created.CreditCode : null,
            Record.Created.Application, RetentionRules.EndOf(Record, time.GetUtcNow()))
        : null);

    public async Task<bool> Erase(int years)
    {
        if (!RetentionRules.MayErase(Record, years, time.GetUtcNow()))
        {
            return false;
        }

        // Whatever becomes of it: the next activation reads what there is.
        DeactivateOnIdle();
        var pages = Record.Evidence is { Sequence: > 0 } log ? EvidencePages.PageOf(log.Sequence) + 1 : 0;
        if (!await erasure.EraseCertificateAsync(Id, pages, Record.Created!.Ca.Value, RetentionRules.Serials(Record)))
        {
            return false;
        }

        // Whoever comes in this instant meets nothing, as everybody does from now on.
        rounds.Dispose();
        stored.State = new CertificateRecord();
        return true;
    }
}
