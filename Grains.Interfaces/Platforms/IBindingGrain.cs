namespace Bzt.Grains.Platforms;

/// <summary>
/// The certificates an enterprise has bound at one platform (M063); the key is <see cref="BindingKey"/>. A grain of its own, so that a
/// platform with ten thousand bidders has no ten-thousand-row state.
/// </summary>
[Alias("bzt.IBinding")]
public interface IBindingGrain : IGrainWithStringKey
{
    /// <summary>Adds the certificate; again changes nothing.</summary>
    [Alias("bind")]
    Task Bind(PlatformBinding binding);

    /// <summary>The binding of that certificate, or without one the newest; <see cref="RefusalCode.NotBound"/> when there is none.</summary>
    [Alias("get")]
    Task<Reply<PlatformBinding>> Get(CertificateId? certificate);

    /// <summary>The newest bindings, newest first: what an enterprise is asked for may be anybody's of them.</summary>
    [Alias("list")]
    Task<IReadOnlyList<PlatformBinding>> List(int most);
}

public static class BindingKey
{
    public static string Of(PlatformId platform, CreditCode enterprise) => $"{platform.Value}/{enterprise.Value}";

    /// <summary>A person has no code: a personal certificate's binding is its own.</summary>
    public static string Of(PlatformId platform, CreditCode enterprise, CertificateId certificate) =>
        enterprise is { Value.Length: > 0 } ? Of(platform, enterprise) : $"{platform.Value}/certificate/{certificate.Value:D}";
}

[GenerateSerializer, Immutable, Alias("bzt.PlatformBinding")]
public sealed record PlatformBinding(
    [property: Id(0)] CertificateId Certificate,
    [property: Id(1)] string EnterpriseName,
    [property: Id(2)] CreditCode CreditCode,
    [property: Id(3)] string SigningSerial,
    [property: Id(4)] DateTimeOffset At);
