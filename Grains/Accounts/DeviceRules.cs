using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Bzt.Grains.Accounts;

/// <summary>Which device may act for an account.</summary>
/// <remarks>
/// A stolen SIM ejects nobody: while one device is active, or once the account has a real name, a new key is limited until its holder proves
/// the real name again. An account without a real name whose devices are all logged out belongs to whoever holds the SIM: there is nothing else
/// to know its owner by, and nothing in it.
/// </remarks>
internal static class DeviceRules
{
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(180);
    public const int Kept = 10;

    public static (UserState State, Device Device, bool NewKey) LogIn(UserState state, LogIn command, DeviceId newId, DateTimeOffset now)
    {
        var known = state.Devices.FirstOrDefault(device => device.Jkt == command.Jkt);
        var free = state.RealName is null && !state.Devices.Any(device => device.Active && device.TokenHash is not null && device.Jkt != command.Jkt);
        var logged = known is null
            ? new Device(newId.Value, command.DevicePublicKey, command.Jkt, command.DeviceName, command.TokenHash, free, now)
            : known with { Name = command.DeviceName, TokenHash = command.TokenHash, LoggedInAt = now, SeenAt = null, Active = known.Active || free };
        var others = state.Devices.Where(device => device.Jkt != command.Jkt).Select(device => logged.Active ? device with { Active = false } : device);

        // Never dropped: the active device, and the one that just came.
        var kept = others.OrderByDescending(device => device.Active).ThenByDescending(device => device.LoggedInAt).Take(Kept - 1);
        return (state with { Devices = [.. kept, logged] }, logged, known is null);
    }

    /// <summary>Whether there is a token that is still good.</summary>
    public static bool HasToken(Device device, DateTimeOffset now) => device.TokenHash is not null && now < device.LoggedInAt + TokenLifetime;

    /// <summary>A device's last request is known to the hour: not every one is worth a write.</summary>
    public static bool IsNews(UserState state, DeviceId id, DateTimeOffset now) =>
        state.Devices.FirstOrDefault(device => device.Id == id.Value) is { } seen && now - (seen.SeenAt ?? seen.LoggedInAt) >= TimeSpan.FromHours(1);

    public static UserState See(UserState state, DeviceId id, DateTimeOffset now) =>
        state with { Devices = [.. state.Devices.Select(device => device.Id == id.Value ? device with { SeenAt = now } : device)] };

    public static UserState LogOut(UserState state, DeviceId id) =>
        state with { Devices = [.. state.Devices.Select(device => device.Id == id.Value ? device with { TokenHash = null, Push = null } : device)] };

    public static UserState WithPush(UserState state, DeviceId id, byte[]? push) =>
        state with { Devices = [.. state.Devices.Select(device => device.Id == id.Value ? device with { Push = push } : device)] };

    /// <summary>This device has proven the person: it acts from now on, the others look.</summary>
    public static UserState Prove(UserState state, DeviceId id, DateTimeOffset now) => state with
    {
        Devices = [.. state.Devices.Select(device => device.Id == id.Value ? device with { Active = true, ProvenAt = now } : device with { Active = false })],
    };

    public static Reply<AuthenticatedDevice> Authenticate(UserState state, DeviceId id, byte[] tokenHash, string jkt, DateTimeOffset now)
    {
        var device = state.Devices.FirstOrDefault(known => known.Id == id.Value);
        return device?.TokenHash is { } hash && CryptographicOperations.FixedTimeEquals(hash, tokenHash) && device.Jkt == jkt && HasToken(device, now)
            ? new AuthenticatedDevice(device.PublicKey, !device.Active, state.RealName is not null)
            : new Refusal(RefusalCode.Unauthenticated);
    }
}
