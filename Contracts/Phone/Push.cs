namespace Bzt.Contracts.Phone;

/// <summary>后台通知 on this device.</summary>
/// <param name="ServerKey">The key a browser is to subscribe under (RFC 8292), 65 octets 04‖x‖y; null where the installation offers none.</param>
/// <param name="Subscribed">The server has a subscription of this device.</param>
public sealed record PushSettings(byte[]? ServerKey, bool Subscribed);

/// <summary>A browser's push subscription (RFC 8030, RFC 8291).</summary>
/// <param name="Endpoint">https, of a push service the installation knows; 1024 characters at most.</param>
/// <param name="P256dh">The browser's key, 65 octets 04‖x‖y, P-256.</param>
/// <param name="Auth">Its secret, 16 octets.</param>
/// <param name="ServerKey">The key it was made under; refused with <c>push_key_outdated</c> unless it is the one offered now.</param>
public sealed record PushSubscriptionRequest(string Endpoint, byte[] P256dh, byte[] Auth, byte[] ServerKey)
{
    /// <summary>Only the type.</summary>
    public override string ToString() => nameof(PushSubscriptionRequest);
}
