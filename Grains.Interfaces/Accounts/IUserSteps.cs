using Orleans.Concurrency;

namespace Bzt.Grains.Accounts;

/// <summary>
/// What only the grains of this folder call: an account's interleaving methods end in one of these, which has a turn of its own and decides again on
/// what is stored by then. Key: the user id.
/// </summary>
[Alias("bzt.IUserSteps")]
public interface IUserSteps : IGrainWithGuidKey
{
    /// <summary>The login password's hash, sealed; null without one. For the number's grain, which verifies.</summary>
    [Alias("GetPassword"), AlwaysInterleave]
    Task<byte[]?> GetPassword();

    [Alias("StorePassword")]
    Task<Reply<Nothing>> StorePassword(Guid operation, byte[] sealedPassword);

    /// <summary>Whether this is the account's number, or the one it is just about to change to. Key of <see cref="IPhoneNumberGrain"/>.</summary>
    [Alias("HasNumber"), AlwaysInterleave]
    Task<bool> HasNumber(string numberHash);

    /// <summary>The change is under way. A newer one takes its place.</summary>
    [Alias("BeginNumberChange")]
    Task<Reply<Nothing>> BeginNumberChange(NumberChange change);

    /// <summary>The new number's grain has given it to this account.</summary>
    [Alias("FinishNumberChange")]
    Task<Reply<Nothing>> FinishNumberChange(Guid operation);

    /// <summary>It has not; the user is told.</summary>
    [Alias("AbandonNumberChange")]
    Task AbandonNumberChange(Guid operation);

    [Alias("HasWeChat"), AlwaysInterleave]
    Task<bool> HasWeChat(string accountHash);

    /// <summary>Idempotent. Refused with <see cref="RefusalCode.WeChatTaken"/> when the account has another.</summary>
    [Alias("StoreWeChat")]
    Task<Reply<Nothing>> StoreWeChat(string accountHash);

    [Alias("DropWeChat")]
    Task DropWeChat(string accountHash);

    /// <summary>
    /// From an account that proves this person: the claim of it is given up, unless the person is this account's by what is stored. In a turn, so that no claim is
    /// half made meanwhile. Key of <see cref="IPersonGrain"/>.
    /// </summary>
    [Alias("GiveUpPerson")]
    Task GiveUpPerson(string idNumberHash);

    /// <summary>
    /// Whether the account is there to become an enterprise's administrator; asked in the enterprise's turn that makes it so. <see cref="RefusalCode.AccountClosed"/>;
    /// while it is being closed nobody knows, <see cref="RefusalCode.RateLimited"/>.
    /// </summary>
    [Alias("MayAdminister"), AlwaysInterleave]
    Task<Reply<Nothing>> MayAdminister();

    /// <summary>Closes the account, unless it administers an enterprise by now.</summary>
    [Alias("FinishClosure")]
    Task<Reply<Nothing>> FinishClosure();

    /// <summary>A device was seen, an hour or more after the last time.</summary>
    [Alias("Seen"), OneWay]
    Task Seen(DeviceId device);
}

/// <param name="Operation">The phone's, and the certificate task's id.</param>
/// <param name="NumberHash">Of the new number.</param>
/// <param name="SealedNumber">Under the person's key.</param>
/// <param name="Device">Where it was asked for.</param>
/// <param name="Certificate">Whose PIN confirms it; null when the real name was proven on the device.</param>
/// <param name="ExpiresAt">Until then it can be confirmed.</param>
/// <param name="Done">The number is the account's.</param>
[GenerateSerializer, Immutable, Alias("bzt.NumberChange")]
public sealed record NumberChange(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] string NumberHash,
    [property: Id(2)] byte[] SealedNumber,
    [property: Id(3)] string MaskedNumber,
    [property: Id(4)] Guid Device,
    [property: Id(5)] Guid? Certificate,
    [property: Id(6)] DateTimeOffset ExpiresAt,
    [property: Id(7)] bool Done = false);
