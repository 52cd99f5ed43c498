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

    /// <summary>A device was seen, an hour or more after the last time.</summary>
    [Alias("Seen"), OneWay]
    Task Seen(DeviceId device);
}
