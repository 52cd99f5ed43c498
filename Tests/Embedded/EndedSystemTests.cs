using System.Runtime.CompilerServices;
using Xunit;

namespace Bzt.Tests.Embedded;

public sealed class EndedSystemTests
{
    /// <summary>A timer that nobody ends keeps all of a host: a process with many of them, as this one, grows by some seventy megabytes with each.</summary>
    [Fact]
    public async Task A_system_that_ended_is_in_nobodys_memory()
    {
        WeakReference[] ended = [await StartAndEndAsync(), await StartAndEndAsync()];

        for (var i = 0; i < 60 && ended.Any(system => system.IsAlive); i++)
        {
            await Task.Delay(500, TestContext.Current.CancellationToken);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(ended, system => system.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> StartAndEndAsync()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        await system.RealNamedPhoneAsync();
        return new WeakReference(system.Services);
    }
}
