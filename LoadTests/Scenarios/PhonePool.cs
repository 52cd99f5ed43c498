using System.Threading.Channels;
using Bzt.LoadTests.Flows;

namespace Bzt.LoadTests.Scenarios;

/// <summary>Phones that are free. A person confirms one thing after the other; who finds none free waits, and the wait is part of the latency.</summary>
internal sealed class PhonePool
{
    private readonly Channel<SimulatedPhone> free = Channel.CreateUnbounded<SimulatedPhone>();

    public PhonePool(IEnumerable<SimulatedPhone> phones)
    {
        foreach (var phone in phones)
        {
            free.Writer.TryWrite(phone);
        }
    }

    public async Task UseAsync(Func<SimulatedPhone, Task> use, CancellationToken stop)
    {
        var phone = await free.Reader.ReadAsync(stop);
        try
        {
            await use(phone);
        }
        finally
        {
            free.Writer.TryWrite(phone);
        }
    }
}
