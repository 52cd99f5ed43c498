namespace Bzt.Protocol.Phone;

/// <summary>Where a phone keeps its key records.</summary>
public interface IPhoneKeyStore
{
    /// <summary>
    /// Reads the record of a key, lets <paramref name="change"/> decide, writes what it returns (null deletes; the very
    /// same record writes nothing) and returns its result. Duties: one exclusive lock over all tabs and workers
    /// around the three; durable before the task ends (<c>durability: 'strict'</c>); all or nothing.
    /// <paramref name="change"/> is quick, does no I/O, and may be called again if the store has to retry.
    /// </summary>
    ValueTask<T> UpdateAsync<T>(string keyId, Func<PhoneKeyRecord?, (PhoneKeyRecord? Record, T Result)> change);

    /// <summary>
    /// C1: keeps, as durably and under the same lock, when the newest list of cluster keys was signed that a phone took under this root
    /// (<see cref="Channel.ClusterKeyList.Follow"/>). False for an older list: its keys may have been given up because they leaked.
    /// </summary>
    ValueTask<bool> FollowAsync(Arithmetic.Point root, Channel.ClusterKeyList list);

    /// <summary>
    /// A3: what this phone itself holds of the sealing sessions of a key, as durably and under the same lock, beside the key's record. The octets are
    /// the caller's and say nothing about a share or a PIN; null is nothing, the very same octets write nothing.
    /// </summary>
    ValueTask<T> UpdateSealingAsync<T>(string keyId, Func<byte[]?, (byte[]? Octets, T Result)> change);
}
