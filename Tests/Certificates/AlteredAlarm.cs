using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Bzt.Tests.Certificates;

/// <summary>The count of altered state, as far as grains of one certificate raised it: the meter is the whole process's, and other tests run beside.</summary>
internal sealed class AlteredAlarm : IDisposable
{
    private readonly MeterListener listener = new()
    {
        InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "bzt.state.altered")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        },
    };

    private long raised;

    public AlteredAlarm(IServiceProvider silo, Guid certificate)
    {
        var turn = silo.GetRequiredService<IGrainContextAccessor>();
        var id = certificate.ToString("N");

        // Called in the turn of whoever counts.
        listener.SetMeasurementEventCallback<long>((_, counted, _, _) =>
        {
            if (turn.GrainContext?.GrainId.Key.ToString()?.Replace("-", "", StringComparison.Ordinal).Contains(id, StringComparison.Ordinal) == true)
            {
                Interlocked.Add(ref raised, counted);
            }
        });
        listener.Start();
    }

    public long Raised => Interlocked.Read(ref raised);

    public void Dispose() => listener.Dispose();
}
