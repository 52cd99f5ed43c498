using Bzt.Gateway.Hosting;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;

namespace Bzt.Gateway.CaConsole;

/// <summary>Nobody guesses the password: so many logins a minute from one address (IPv6: one /64), at whichever gateway.</summary>
internal sealed class ConsoleBrake(IGrainFactory grains, IKeyProtector protector) : IEndpointFilter
{
    public const int LoginsPerMinute = 10;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        // Apart from what the same address asks of the phones' logins.
        var address = protector.KeyedHash("ca-console-address", LoginRateLimit.PartitionOf(context.HttpContext.Connection.RemoteIpAddress));
        var reply = await grains.Address(address).Take(AddressUse.Login, new AddressLimits(LoginsPerMinute, 0));
        return reply is Refused<Nothing>(var refusal) ? refusal.ToHttp() : await next(context);
    }
}
