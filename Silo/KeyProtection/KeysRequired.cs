using Bzt.Grains.Foundations;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Runtime;

namespace Bzt.Silo.KeyProtection;

/// <summary>While a silo has no keys its grains take no calls: not some work half-way, but none, and with a reason of its own.</summary>
/// <remarks>The grain leaves: its next call may come up at a silo that has keys. Orleans' own grains go on, membership among them.</remarks>
internal sealed class KeysRequired(KeyProtector protector) : IIncomingGrainCallFilter
{
    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (protector.IsAvailable || context.TargetContext.GrainInstance?.GetType().Assembly != typeof(StateJson).Assembly)
        {
            return context.Invoke();
        }

        context.TargetContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "This silo has no keys."));
        throw new KeyProtectionUnavailableException();
    }
}

/// <summary>Part of being ready, at silos and at gateways.</summary>
internal sealed class KeysCheck(KeyProtector protector) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(protector.IsAvailable ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The root key cannot be reached."));
}
