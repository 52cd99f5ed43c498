using System.Text;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Phone;
using Microsoft.JSInterop;

namespace Bzt.MobileApp.Device;

/// <summary>The browser's key store (<c>js/keys.js</c>): the device key, and records sealed under a key that cannot be exported.</summary>
public sealed class Vault(IJSRuntime js)
{
    private readonly Lazy<Task<IJSObjectReference>> module = new(() => js.InvokeAsync<IJSObjectReference>("import", "./js/keys.js").AsTask());

    /// <summary>Its script came and ran.</summary>
    public bool HasArrived => module is { IsValueCreated: true, Value.IsCompletedSuccessfully: true };

    /// <summary>The device key, made at the first start.</summary>
    public async Task<IDeviceKey> OpenDeviceKeyAsync() => new BrowserDeviceKey(this, await InvokeAsync<byte[]>("devicePublicKey"));

    public Task<byte[]?> ReadAsync(string name) => InvokeAsync<byte[]?>("read", name);

    /// <summary>On the disk when the task ends. Null deletes.</summary>
    public async Task WriteAsync(string name, byte[]? value) => await (await module.Value).InvokeVoidAsync("write", name, value);

    /// <summary>Whether the browser promised not to clear what is kept here.</summary>
    public Task<bool> PersistAsync() => InvokeAsync<bool>("persist");

    /// <summary>Holds the lock that every window and worker of this origin shares, until it is disposed.</summary>
    public async Task<IAsyncDisposable> LockAsync() => new Lease(await module.Value, await InvokeAsync<int>("acquire"));

    internal async Task<T> InvokeAsync<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(JsonMembers)] T>(string function, params object?[] arguments) =>
        await (await module.Value).InvokeAsync<T>(function, arguments);

    private const System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes JsonMembers =
        System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors
        | System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicFields
        | System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicProperties;

    private sealed class Lease(IJSObjectReference module, int number) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => module.InvokeVoidAsync("release", number);
    }
}

/// <summary>P-256 in WebCrypto, not extractable.</summary>
internal sealed class BrowserDeviceKey(Vault vault, byte[] publicKey) : IDeviceKey
{
    public byte[] PublicKey => publicKey;

    public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data) => await vault.InvokeAsync<byte[]>("signWithDevice", data.ToArray());
}

/// <summary>Key records in the vault. A damaged record is an error, never a new key in its place.</summary>
public sealed class BrowserPhoneKeyStore(Vault vault) : IPhoneKeyStore
{
    public async ValueTask<T> UpdateAsync<T>(string keyId, Func<PhoneKeyRecord?, (PhoneKeyRecord? Record, T Result)> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var name = "key/" + keyId;
        await using var exclusive = await vault.LockAsync();
        var stored = await vault.ReadAsync(name);
        PhoneKeyRecord? record = null;
        if (stored is not null && !PhoneKeyRecord.TryParse(stored, out record))
        {
            throw new InvalidDataException("A stored key record is damaged.");
        }

        var (next, result) = change(record);
        if (!ReferenceEquals(next, record))
        {
            await vault.WriteAsync(name, next?.Encode());
        }

        return result;
    }

    public async ValueTask<bool> FollowAsync(Point root, ClusterKeyList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        var name = ClusterKeyList.NameOf(root);
        await using var exclusive = await vault.LockAsync();
        var kept = await vault.ReadAsync(name);
        if (list.Follow(kept) is not { } next)
        {
            return false;
        }

        if (!ReferenceEquals(next, kept))
        {
            await vault.WriteAsync(name, next);
        }

        return true;
    }

    public async ValueTask<T> UpdateSealingAsync<T>(string keyId, Func<byte[]?, (byte[]? Octets, T Result)> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var name = OwnSealings.NameOf(keyId);
        await using var exclusive = await vault.LockAsync();
        var stored = await vault.ReadAsync(name);
        var (next, result) = change(stored);
        if (!ReferenceEquals(next, stored))
        {
            await vault.WriteAsync(name, next);
        }

        return result;
    }
}

/// <summary>PBKDF2 of WebCrypto.</summary>
public sealed class BrowserPinStretcher(Vault vault) : IPinStretcher
{
    public async ValueTask<StretchedPin> StretchAsync(PinStretch parameters, string pin)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var digits = Encoding.ASCII.GetBytes(pin);
        var stretched = await vault.InvokeAsync<byte[]>("stretch", digits, parameters.Salt, parameters.Rounds);
        Array.Clear(digits);
        try
        {
            return new StretchedPin(parameters, stretched);
        }
        finally
        {
            Array.Clear(stretched);
        }
    }
}
