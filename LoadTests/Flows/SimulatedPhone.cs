using System.Collections.Concurrent;
using Bzt.Contracts.Phone;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;

namespace Bzt.LoadTests.Flows;

/// <summary>A whole headless phone with its keys in memory, and the certificate it was given.</summary>
internal sealed class SimulatedPhone : IDisposable
{
    public const string Pin = "493817";

    public SimulatedPhone(HttpClient http, ChannelTrust trust, CachedPinStretcher stretcher, int pinRounds) => Client = new PhoneClient(
        http, Device, new MemoryPhoneKeyStore(), stretcher, trust, TimeProvider.System, SystemRandom.Instance) { StretchRounds = pinRounds };

    public EcdsaDeviceKey Device { get; } = new();

    public PhoneClient Client { get; }

    /// <summary>Set once the certificate is there.</summary>
    public CertificateInfo Certificate { get; private set; } = null!;

    public Point PublicKey { get; private set; }

    public byte[] CertificateDigest { get; private set; } = [];

    public void Take(CertificateInfo certificate)
    {
        Certificate = certificate;
        if (!Sm2Certificate.TryParse(certificate.SigningCertificate, out var parsed))
        {
            throw new FlowFailedException("the downloaded certificate does not parse");
        }

        PublicKey = parsed.PublicKey;
        CertificateDigest = Sm3.Hash(parsed.Der);
    }

    public void Dispose() => Device.Dispose();
}

/// <summary>
/// Stretches every PIN once and remembers it. A person's phone computes for some hundred milliseconds at each PIN entry; a thousand phones on
/// one machine cannot, and it is not the server's work. What one stretch costs is reported apart.
/// </summary>
internal sealed class CachedPinStretcher : IPinStretcher
{
    private readonly ConcurrentDictionary<string, Task<byte[]>> known = new(StringComparer.Ordinal);

    public async ValueTask<StretchedPin> StretchAsync(PinStretch parameters, string pin)
    {
        var key = $"{Convert.ToHexString(parameters.Salt)}/{parameters.Rounds}/{pin}";
        return new StretchedPin(parameters, await known.GetOrAdd(key, _ => Task.Run(() => Stretch(parameters, pin))));
    }

    // PIN and phone are made up, so that the value may rest in memory: a real phone holds it for one confirmation.
    private static byte[] Stretch(PinStretch parameters, string pin) => System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(
        pin, parameters.Salt, parameters.Rounds, System.Security.Cryptography.HashAlgorithmName.SHA256, StretchedPin.Length);
}

/// <summary>Something on the way was not as it must be; counted as an error of the run.</summary>
internal sealed class FlowFailedException(string message) : Exception(message);
