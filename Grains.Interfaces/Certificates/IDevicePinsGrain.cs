namespace Bzt.Grains.Certificates;

/// <summary>
/// Wrong PINs across all certificates of one device, with a lock of its own: guesses spread over many certificates are counted together.
/// Key: the device id. Calls nobody; the message of its lock goes through the outbox.
/// </summary>
[Alias("bzt.IDevicePins")]
public interface IDevicePinsGrain : IGrainWithGuidKey
{
    [Alias("view")]
    Task<DevicePinsView> GetView();

    /// <summary>Where one certificate's count stands. Idempotent, and an older word after a newer one changes nothing.</summary>
    [Alias("count")]
    Task Count(DevicePinCount count);
}

/// <param name="Failures">Of this certificate since its own last success; zero after one.</param>
/// <param name="Sequence">Rises with every word of this certificate.</param>
[GenerateSerializer, Immutable, Alias("bzt.DevicePinCount")]
public sealed record DevicePinCount(
    [property: Id(0)] CertificateId Certificate,
    [property: Id(1)] UserId Holder,
    [property: Id(2)] int Failures,
    [property: Id(3)] long Sequence);

/// <param name="TriesLeft">Before the device's next lock.</param>
[GenerateSerializer, Immutable, Alias("bzt.DevicePinsView")]
public sealed record DevicePinsView([property: Id(0)] int TriesLeft, [property: Id(1)] DateTimeOffset? LockedUntil);
