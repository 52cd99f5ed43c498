using Bzt.Grains;

namespace Bzt.Gateway.Phones;

/// <summary>Who is calling, as <see cref="PhonePipeline"/> found out. Bound where an endpoint has a parameter of this type.</summary>
/// <param name="DevicePublicKey">65 octets 04‖x‖y, P-256.</param>
internal sealed record Caller(UserId UserId, DeviceId DeviceId, byte[] DevicePublicKey, bool Limited, bool RealNamed)
{
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());
}

/// <summary>The key that signed a request's proof, where there is no token yet.</summary>
/// <param name="Jkt">RFC 7638 thumbprint, base64url.</param>
/// <param name="PublicKey">65 octets 04‖x‖y, P-256.</param>
internal sealed record DeviceKeyProof(string Jkt, byte[] PublicKey)
{
    public static ValueTask<DeviceKeyProof?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<DeviceKeyProof>());
}

/// <summary>Whom an endpoint of the phone API serves. Each includes the ones before it.</summary>
internal enum PhoneAccess
{
    Anyone,
    /// <summary>Whoever proves to have a device key: login.</summary>
    DeviceKey,
    /// <summary>A logged-in device, be it limited.</summary>
    Device,
    /// <summary>The account's active device.</summary>
    FullDevice,
    /// <summary>The active device of a real-named account (M014).</summary>
    RealNamed,
}

internal static class PhoneAccessExtensions
{
    /// <summary>The last call wins; an endpoint that says nothing serves <see cref="PhoneAccess.RealNamed"/> only.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, PhoneAccess access) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new PhoneAccessMetadata(access));
}

internal sealed record PhoneAccessMetadata(PhoneAccess Access);
