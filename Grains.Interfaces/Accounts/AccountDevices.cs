namespace Bzt.Grains.Accounts;

/// <param name="PhoneNumberHash">Keyed hash of the number that logged in.</param>
/// <param name="PhoneNumber">Eleven digits.</param>
/// <param name="DevicePublicKey">65 octets 04‖x‖y, P-256.</param>
/// <param name="Jkt">RFC 7638 thumbprint of that key, base64url.</param>
/// <param name="DeviceName">As the device calls itself; shown to the user only.</param>
/// <param name="TokenHash">SHA-256 of the token's secret; the secret itself is known to the device alone.</param>
/// <param name="Consents">What the user agreed to on this device.</param>
[GenerateSerializer, Immutable, Alias("bzt.LogIn")]
public sealed record LogIn(
    [property: Id(0)] string PhoneNumberHash,
    [property: Id(1)] string PhoneNumber,
    [property: Id(2)] byte[] DevicePublicKey,
    [property: Id(3)] string Jkt,
    [property: Id(4)] string DeviceName,
    [property: Id(5)] byte[] TokenHash,
    [property: Id(6)] IReadOnlyList<ConsentGiven>? Consents = null)
{
    /// <summary>Only the type: a record would print the number into a log.</summary>
    public override string ToString() => nameof(LogIn);
}

[GenerateSerializer, Immutable, Alias("bzt.LoggedIn")]
public sealed record LoggedIn(
    [property: Id(0)] UserId User,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] bool NewUser,
    [property: Id(3)] bool Limited);

[GenerateSerializer, Immutable, Alias("bzt.AuthenticatedDevice")]
public sealed record AuthenticatedDevice(
    [property: Id(0)] byte[] PublicKey,
    [property: Id(1)] bool Limited,
    [property: Id(2)] bool RealNamed);

/// <param name="LoggedIn">Its token may still be good; false after it logged out or was logged out.</param>
[GenerateSerializer, Immutable, Alias("bzt.DeviceView")]
public sealed record DeviceView(
    [property: Id(0)] DeviceId Device,
    [property: Id(1)] string Name,
    [property: Id(2)] bool Active,
    [property: Id(3)] bool LoggedIn,
    [property: Id(4)] DateTimeOffset LoggedInAt,
    [property: Id(5)] DateTimeOffset LastSeenAt);

/// <param name="Operation">Its repeat is done already.</param>
/// <param name="Code">For <see cref="SmsCodePurpose.ResetPassword"/>; null with the old password.</param>
/// <param name="OldPassword">Null with a code.</param>
[GenerateSerializer, Immutable, Alias("bzt.SetPassword")]
public sealed record SetPassword(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] Password NewPassword,
    [property: Id(2)] string? Code,
    [property: Id(3)] Password? OldPassword)
{
    /// <summary>Only the type.</summary>
    public override string ToString() => nameof(SetPassword);
}
