using Bzt.Gateway.Hosting;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;

namespace Bzt.Gateway.CaConsole;

/// <summary>Nobody guesses the password: so many logins a minute from one address, at whichever gateway. Of IPv6 a /64 counts as one, and the networks around it have bounds too.</summary>
internal sealed class ConsoleBrake(IGrainFactory grains, IKeyProtector protector) : IEndpointFilter
{
    public const int LoginsPerMinute = 10;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        // Apart from what the same address asks of the phones' logins.
        var refusal = await LoginRateLimit.TakeAsync(
            grains, protector, context.HttpContext.Connection.RemoteIpAddress, AddressUse.Login, new AddressLimits(LoginsPerMinute, 0), "ca-console-address");
        return refusal is not null ? refusal.ToHttp() : await next(context);
    }
}
