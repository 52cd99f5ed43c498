using Bzt.Contracts;

namespace Bzt.Samples.TradingPlatform.Qr;

/// <summary>For what is answered out of the service: that it is away, or refuses, is said in a sentence and is no fault of ours.</summary>
internal sealed class ServiceFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception exception) when (QrEndpoints.IsAway(exception))
        {
            return QrEndpoints.Away();
        }
        catch (ApiRefusedException exception)
        {
            return QrEndpoints.Refuse(exception.Problem.Title, StatusCodes.Status502BadGateway);
        }
    }
}
