using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.Sms;
using Orleans.Runtime;

namespace Bzt.Grains.Accounts;

/// <inheritdoc cref="ISmsNoticeGrain"/>
[GrainType("sms-notice")]
public sealed class SmsNoticeGrain : Grain, ISmsNoticeGrain, IOutboxOwner
{
    // A repeat comes from an outbox, within minutes.
    private const int Kept = 16;

    private readonly IPersistentState<SmsNoticeState> storage;
    private readonly OutboxDrain<SmsNoticeState> drain;

    public SmsNoticeGrain([PersistentState("sms-notice")] IPersistentState<SmsNoticeState> storage, OutboxDrains drains)
    {
        this.storage = storage;
        drain = drains.Attach(this, storage);
    }

    public Task Send(SmsNotice notice) => storage.State.Taken.Contains(notice.Id)
        ? Task.CompletedTask
        : drain.WriteAsync(storage.State with
        {
            Taken = [.. storage.State.Taken.TakeLast(Kept - 1), notice.Id],
            Outbox = storage.State.Outbox.Add(SmsNoticeDelivery.Name, this.GetPrimaryKey().ToString("D"), notice),
        });

    public Task DrainOutbox() => drain.DrainAsync();
}

public sealed record SmsNoticeState : IHasOutbox<SmsNoticeState>
{
    /// <summary>Ids of the newest notices.</summary>
    public ImmutableArray<string> Taken { get; init; } = [];

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public SmsNoticeState WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

/// <summary>Tries until the provider has said yes or no, or the notice is too old. A message may go out twice: better than not at all.</summary>
public sealed class SmsNoticeDelivery(IGrainFactory grains, ISmsSender sms, TimeProvider time) : IOutboxHandler
{
    public const string Name = "sms-notice";

    public string Kind => Name;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var notice = delivery.Item.Read<SmsNotice>();
        if (time.GetUtcNow() >= notice.Until || await grains.User(new UserId(Guid.Parse(delivery.Item.Target))).GetPerson() is not Done<Person>(var person))
        {
            return;
        }

        var result = await sms.SendCodeAsync(person.PhoneNumber, notice.Value, Template(notice.Kind), Guid.NewGuid().ToString("N"), cancellation);
        if (result is SmsResult.Unavailable away)
        {
            throw new InvalidOperationException($"The SMS provider is not available: {away.Reason}");
        }
    }

    private static SmsPurpose Template(SmsNoticeKind kind) => kind switch
    {
        SmsNoticeKind.PinResetAsked => SmsPurpose.PinResetAsked,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No template."),
    };
}
