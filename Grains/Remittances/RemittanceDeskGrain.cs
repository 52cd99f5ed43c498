using Bzt.Grains.Providers.Remittances;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Bzt.Grains.Remittances;

/// <inheritdoc cref="IRemittanceDeskGrain"/>
[GrainType("remittance-desk"), StatelessWorker]
public sealed partial class RemittanceDeskGrain(IRemittances bank, ILogger<RemittanceDeskGrain> log) : Grain, IRemittanceDeskGrain
{
    public async Task<Reply<Nothing>> Receive(SignedMessage message)
    {
        if (bank.TryReadNotification(message, out var notification))
        {
            return await GrainFactory.Remittance(notification.Reference).Received(notification.Remittances);
        }

        LogForged();
        return new Refusal(RefusalCode.Forbidden);
    }

    [LoggerMessage(EventId = 341, Level = LogLevel.Warning, Message = "A notification of a remittance is not the bank's or not for us.")]
    private partial void LogForged();
}
