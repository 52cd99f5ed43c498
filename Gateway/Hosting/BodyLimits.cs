using Microsoft.AspNetCore.Mvc;

namespace Bzt.Gateway.Hosting;

/// <summary>How much a request may carry; more is <c>body_too_large</c>.</summary>
internal static class BodyLimits
{
    public const long Default = 64 * 1024;
    public const long Blob = 10 * 1024 * 1024;

    public static TBuilder LimitBody<TBuilder>(this TBuilder builder, long bytes) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RequestSizeLimitAttribute(bytes));
}
