using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Platforms;

/// <summary>A registration at rest. The client secret is 256 random bits, so one hash is enough to keep it.</summary>
public sealed record PlatformState
{
    public string Name { get; init; } = "";

    public string RecognitionGroup { get; init; } = "";

    public byte[] SecretHash { get; init; } = [];

    public bool MaySignHashes { get; init; }

    public ImmutableArray<string> RedirectUris { get; init; } = [];

    public ImmutableArray<string> PostLogoutRedirectUris { get; init; } = [];

    public ImmutableArray<string> ReturnUrls { get; init; } = [];

    public bool Sandbox { get; init; }
}

/// <inheritdoc cref="IPlatformGrain"/>
[GrainType("platform")]
internal sealed class PlatformGrain([PersistentState("platform")] IPersistentState<PlatformState> store) : Grain, IPlatformGrain
{
    public async Task<Reply<Nothing>> Register(RegisterPlatform command)
    {
        if (command.Name.Length is 0 or > 100 || command.RecognitionGroup.Length is 0 or > 50 || command.ClientSecret.Length < 32
            || !AreRedirects(command.RedirectUris) || !AreRedirects(command.PostLogoutRedirectUris)
            || !command.ReturnUrls.All(PlatformReturns.IsReturnUrl))
        {
            return new Refusal(RefusalCode.InvalidRequest);
        }

        var next = new PlatformState
        {
            Name = command.Name,
            RecognitionGroup = command.RecognitionGroup,
            SecretHash = Hash(command.ClientSecret),
            MaySignHashes = command.MaySignHashes,
            RedirectUris = [.. command.RedirectUris],
            PostLogoutRedirectUris = [.. command.PostLogoutRedirectUris],
            ReturnUrls = [.. command.ReturnUrls],
            Sandbox = command.Sandbox,
        };
        if (IsSame(store.State, next))
        {
            return default(Nothing);
        }

        await store.WriteAsync(this, next);

        return default(Nothing);
    }

    public Task<Reply<PlatformFacts>> Authenticate(string clientSecret) => Task.FromResult<Reply<PlatformFacts>>(
        store.RecordExists && CryptographicOperations.FixedTimeEquals(Hash(clientSecret), store.State.SecretHash)
            ? Facts()
            : new Refusal(RefusalCode.Unauthenticated));

    public Task<Reply<PlatformFacts>> GetFacts() => Task.FromResult<Reply<PlatformFacts>>(
        store.RecordExists ? Facts() : new Refusal(RefusalCode.NotFound));

    private PlatformFacts Facts() =>
        new(new PlatformId(this.GetPrimaryKeyString()), store.State.Name, store.State.RecognitionGroup, store.State.MaySignHashes)
        {
            RedirectUris = store.State.RedirectUris,
            PostLogoutRedirectUris = store.State.PostLogoutRedirectUris,
            ReturnUrls = store.State.ReturnUrls,
            Sandbox = store.State.Sandbox,
        };

    private static bool IsSame(PlatformState left, PlatformState right) =>
        (left.Name, left.RecognitionGroup, left.MaySignHashes, left.Sandbox) == (right.Name, right.RecognitionGroup, right.MaySignHashes, right.Sandbox)
        && left.SecretHash.AsSpan().SequenceEqual(right.SecretHash)
        && left.RedirectUris.SequenceEqual(right.RedirectUris) && left.PostLogoutRedirectUris.SequenceEqual(right.PostLogoutRedirectUris)
        && left.ReturnUrls.SequenceEqual(right.ReturnUrls);

    private static bool AreRedirects(IReadOnlyList<string> uris) => uris.Count <= Bzt.Grains.Platforms.RedirectUris.Most && uris.All(Bzt.Grains.Platforms.RedirectUris.IsValid);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
