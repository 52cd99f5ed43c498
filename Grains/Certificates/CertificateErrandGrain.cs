using System.Text.Json;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Certificates;

/// <summary>The stored state of <see cref="CertificateErrandGrain"/>.</summary>
public sealed record StoredErrands : IHasOutbox<StoredErrands>
{
    /// <summary>Of the certificate's outbox: what was taken before is not taken again.</summary>
    public long LastSequence { get; init; }

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public StoredErrands WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <inheritdoc cref="ICertificateErrandGrain"/>
[GrainType("certificate-errand")]
public sealed class CertificateErrandGrain : Grain, ICertificateErrandGrain, IOutboxOwner
{
    private readonly IPersistentState<StoredErrands> stored;
    private readonly OutboxDrain<StoredErrands> drain;

    public CertificateErrandGrain([PersistentState("certificate-errand")] IPersistentState<StoredErrands> stored, OutboxDrains drains)
    {
        this.stored = stored;
        drain = drains.Attach(this, stored);
    }

    public Task Run(CertificateErrand errand)
    {
        if (errand.Sequence <= stored.State.LastSequence)
        {
            return Task.CompletedTask;
        }

        using var payload = JsonDocument.Parse(errand.Payload);
        return drain.WriteAsync(stored.State with
        {
            LastSequence = errand.Sequence,
            Outbox = stored.State.Outbox.Add(errand.Kind, errand.Target, payload.RootElement.Clone()),
        });
    }

    public Task DrainOutbox() => drain.DrainAsync();
}
