using Bzt.Protocol;
using Bzt.Protocol.Phone;

namespace Bzt.Contracts.Phone;

/// <summary>What a phone has to keep of its login, beside its keys.</summary>
/// <param name="AccessToken">Good only together with the device key.</param>
public sealed record PhoneLogin(string AccessToken, Guid UserId, Guid DeviceId);

/// <summary>
/// A complete headless phone: everything the phone app does except showing it. It uses no API of a platform and runs in the browser.
/// It holds no secret between calls; what rests is in <see cref="IPhoneKeyStore"/> and says nothing about the PIN.
/// </summary>
/// <remarks>
/// Every method may be called again after it failed: commands carry ids, and what a lost answer left behind is picked up first.
/// Refusals of the server are <see cref="ApiRefusedException"/>; outcomes of a PIN entry are values.
/// Not for concurrent confirmations of one certificate: a user has one finger.
/// </remarks>
public sealed partial class PhoneClient
{
    private readonly PhoneHttp http;
    /// <summary>Version of the phone as the server judges it (<c>client_outdated</c>).</summary>
    public const string Version = "0.1";

    private const int Tries = 4;

    private readonly IPhoneKeyStore keys;
    private readonly IPinStretcher stretcher;
    private readonly ChannelTrust trust;
    private readonly TimeProvider time;
    private readonly IRandomSource random;
    private PhoneLogin? login;

    /// <param name="http">Its base address is the server's public one; its time-out should allow for a slow network.</param>
    /// <param name="device">The device's key.</param>
    /// <param name="keys">Where the phone's shares rest.</param>
    /// <param name="stretcher">Stretches PINs.</param>
    /// <param name="trust">What the app was built with: the root of the channel keys.</param>
    /// <param name="time">The phone's clock; it may be wrong.</param>
    /// <param name="random">The system's generator, but in tests.</param>
    public PhoneClient(
        HttpClient http, IDeviceKey device, IPhoneKeyStore keys, IPinStretcher stretcher, ChannelTrust trust, TimeProvider time, IRandomSource random)
    {
        (this.keys, this.stretcher, this.trust, this.time, this.random) = (keys, stretcher, trust, time, random);
        this.http = new PhoneHttp(http, device, Version, time);
    }

    /// <summary>The login to keep, and to set again after a restart; null when logged out.</summary>
    public PhoneLogin? Login
    {
        get => login;
        set
        {
            login = value;
            http.AccessToken = value?.AccessToken;
        }
    }

    private PhoneLogin RequireLogin() => login ?? throw new InvalidOperationException("Nobody is logged in.");

    /// <summary>
    /// Asks again when the network or the server was away. Only for what may be done twice: reading, and commands that carry their own id.
    /// </summary>
    private async Task<T> RepeatAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (Exception exception) when (attempt < Tries && IsAway(exception) && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(Pause(attempt), time, cancellation);
            }
        }
    }

    private static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(50 << (2 * attempt));

    /// <summary>Whether nothing is known about what the server did.</summary>
    internal static bool IsAway(Exception exception) =>
        exception is HttpRequestException or System.Net.Sockets.SocketException or TaskCanceledException { InnerException: TimeoutException }
        || exception is ApiRefusedException { Code: ErrorCodes.Unavailable or ErrorCodes.KeysUnavailable };

    private static string Route(string template, string name, object value) =>
        template.Replace("{" + name + "}", Uri.EscapeDataString(value.ToString()!), StringComparison.Ordinal);
}
