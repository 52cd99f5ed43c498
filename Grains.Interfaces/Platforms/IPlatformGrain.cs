namespace Bzt.Grains.Platforms;

/// <summary>A relying party: a trading platform with its credentials and permissions.</summary>
[Alias("bzt.IPlatform")]
public interface IPlatformGrain : IGrainWithStringKey
{
    /// <summary>Creates or updates the registration; an operator's act.</summary>
    [Alias("register")]
    Task<Reply<Nothing>> Register(RegisterPlatform command);

    /// <summary>Whether the secret is this platform's.</summary>
    [Alias("authenticate")]
    Task<Reply<PlatformFacts>> Authenticate(string clientSecret);

    [Alias("facts")]
    Task<Reply<PlatformFacts>> GetFacts();
}

[GenerateSerializer, Immutable, Alias("bzt.RegisterPlatform")]
public sealed record RegisterPlatform(
    [property: Id(0)] string Name,
    [property: Id(1)] string RecognitionGroup,
    [property: Id(2)] string ClientSecret,
    [property: Id(3)] bool MaySignHashes)
{
    /// <summary>Where a login may return to, compared octet by octet; absolute, https but for loopback, without fragment.</summary>
    [Id(20)]
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Where a logout may return to.</summary>
    [Id(21)]
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>Where browsers may be sent back to, octet by octet, without query.</summary>
    [Id(30)]
    public IReadOnlyList<string> ReturnUrls { get; init; } = [];

    /// <summary>For development: served by mock phones and by no certificate of anybody.</summary>
    [Id(31)]
    public bool Sandbox { get; init; }
}

public static class RedirectUris
{
    public const int Most = 20;

    public static bool IsValid(string uri) =>
        uri.Length is > 0 and <= 1000 && Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed is { Fragment: "", UserInfo: "" } && !uri.Contains('#', StringComparison.Ordinal)
        && (parsed.Scheme == "https" || (parsed.Scheme == "http" && parsed.IsLoopback));
}

/// <param name="RecognitionGroup">Certificates of this group serve the platform, no others (M062).</param>
/// <param name="MaySignHashes">May use the form hash-only, shown as 仅摘要.</param>
[GenerateSerializer, Immutable, Alias("bzt.PlatformFacts")]
public sealed record PlatformFacts(
    [property: Id(0)] PlatformId Platform,
    [property: Id(1)] string Name,
    [property: Id(2)] string RecognitionGroup,
    [property: Id(3)] bool MaySignHashes)
{
    [Id(20)]
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    [Id(21)]
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    [Id(30)]
    public IReadOnlyList<string> ReturnUrls { get; init; } = [];

    [Id(31)]
    public bool Sandbox { get; init; }
}
