namespace Bzt.Grains.Platforms;

/// <summary>A relying party: a trading platform with its credentials, permissions and the certificates bound to it.</summary>
[Alias("bzt.IPlatform")]
public interface IPlatformGrain : IGrainWithStringKey
{
    /// <summary>Creates or updates the registration; an operator's act. Bindings stay.</summary>
    [Alias("register")]
    Task<Reply<Nothing>> Register(RegisterPlatform command);

    /// <summary>Whether the secret is this platform's.</summary>
    [Alias("authenticate")]
    Task<Reply<PlatformFacts>> Authenticate(string clientSecret);

    [Alias("facts")]
    Task<Reply<PlatformFacts>> GetFacts();

    /// <summary>A certificate was bound (M063). A newer certificate of the same enterprise takes the older one's place.</summary>
    [Alias("bind")]
    Task Bind(PlatformBinding binding);

    /// <summary>Refused with <see cref="RefusalCode.NotBound"/> when the enterprise has not bound a certificate here.</summary>
    [Alias("binding")]
    Task<Reply<PlatformBinding>> GetBinding(CreditCode enterprise);
}

[GenerateSerializer, Immutable, Alias("bzt.RegisterPlatform")]
public sealed record RegisterPlatform(
    [property: Id(0)] string Name,
    [property: Id(1)] string RecognitionGroup,
    [property: Id(2)] string ClientSecret,
    [property: Id(3)] bool MaySignHashes);

/// <param name="RecognitionGroup">Certificates of this group serve the platform, no others (M062).</param>
/// <param name="MaySignHashes">May use the form hash-only, shown as 仅摘要.</param>
[GenerateSerializer, Immutable, Alias("bzt.PlatformFacts")]
public sealed record PlatformFacts(
    [property: Id(0)] PlatformId Platform,
    [property: Id(1)] string Name,
    [property: Id(2)] string RecognitionGroup,
    [property: Id(3)] bool MaySignHashes);

[GenerateSerializer, Immutable, Alias("bzt.PlatformBinding")]
public sealed record PlatformBinding(
    [property: Id(0)] CertificateId Certificate,
    [property: Id(1)] string EnterpriseName,
    [property: Id(2)] CreditCode CreditCode,
    [property: Id(3)] string SigningSerial,
    [property: Id(4)] DateTimeOffset At);
