using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Bzt.Silo.KeyProtection;

/// <summary>The root key in a hardware security module (PKCS #11 v2.40): made there, never out of it, and used there with AES-GCM.</summary>
/// <remarks>
/// After any failure of the module everything is closed, and the next call begins anew with C_Initialize and C_Login: handles of a token
/// that was away are void, and only that finds it again. A wrapped key is nonce, 12 bytes | ciphertext | tag, 16 bytes; the nonces are
/// random and few, since only the ring's keys are wrapped.
/// </remarks>
public sealed partial class Pkcs11RootKey : IRootKey
{
    private const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private static readonly Pkcs11InteropFactories Factories = new();

    private readonly Pkcs11Options options;
    /// <summary>Calls read; opening and closing write, so that nothing is finalised under a call.</summary>
    private readonly ReaderWriterLockSlim life = new();
    private Module? module;
    private byte[]? refusedPin;
    private bool disposed;

    static Pkcs11RootKey() =>
        // The bindings ask for libdl by a name that only development packages install.
        NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, (name, _, _) =>
            name == "libdl" && OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libdl.so.2", out var handle) ? handle : 0);

    /// <exception cref="RootKeyUnavailableException">The module, the token, the PIN or the key is not there, or the key could leave the token.</exception>
    public Pkcs11RootKey(Pkcs11Options options)
    {
        this.options = options;
        Name = NameOf(With(module => module.KeyId));
    }

    public string Name { get; }

    public bool MayVanish => true;

    /// <summary>Makes the root key on the token, where there is none of that label; its name.</summary>
    public static string Create(Pkcs11Options options)
    {
        try
        {
            using var module = new Module(options, ReadPin(options));
            return NameOf(module.CreateKey());
        }
        catch (Pkcs11Exception exception)
        {
            throw new RootKeyUnavailableException($"The module refuses: {exception.Message}", exception);
        }
    }

    public byte[] Wrap(uint keyId, ReadOnlySpan<byte> key)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var plain = key.ToArray();
        try
        {
            return [.. nonce, .. With(module => module.Encrypt(nonce, Place(keyId), plain))];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public SecretBytes Unwrap(uint keyId, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length != NonceLength + KeyLength + TagLength)
        {
            throw new CryptographicException("Not a key that was wrapped by a module.");
        }

        var (nonce, sealedKey) = (wrapped[..NonceLength].ToArray(), wrapped[NonceLength..].ToArray());
        var plain = With(module => module.Decrypt(nonce, Place(keyId), sealedKey));
        try
        {
            var key = new SecretBytes(plain.Length);
            plain.CopyTo(key.Span);
            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public void Dispose()
    {
        life.EnterWriteLock();
        disposed = true;
        Close();
        life.ExitWriteLock();
        life.Dispose();
    }

    private static string NameOf(byte[] id) => "pkcs11:" + Convert.ToHexStringLower(id);

    private static byte[] Place(uint keyId) => Encoding.ASCII.GetBytes($"bzt/v1/ring/{keyId}");

    private T With<T>(Func<Module, T> use)
    {
        var current = Open();
        Exception failure;
        life.EnterReadLock();
        try
        {
            // Closed in between by another call's failure: that failure is this one's too.
            return ReferenceEquals(module, current) ? use(current) : throw new RootKeyUnavailableException("The module was closed.");
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        finally
        {
            life.ExitReadLock();
        }

        life.EnterWriteLock();
        if (ReferenceEquals(module, current))
        {
            Close();
        }

        life.ExitWriteLock();
        throw failure switch
        {
            // A tag that does not fit is no outage.
            Pkcs11Exception { RV: CKR.CKR_ENCRYPTED_DATA_INVALID } => new CryptographicException("Wrapped by another root key, or altered.", failure),
            RootKeyUnavailableException => failure,
            _ => new RootKeyUnavailableException($"The module refuses: {failure.Message}", failure),
        };
    }

    private Module Open()
    {
        life.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return module ??= OpenModule();
        }
        catch (Exception exception) when (exception is Pkcs11Exception or UnmanagedException or DllNotFoundException)
        {
            throw new RootKeyUnavailableException($"The module {options.Library} does not serve: {exception.Message}", exception);
        }
        finally
        {
            life.ExitWriteLock();
        }
    }

    private Module OpenModule()
    {
        var pin = ReadPin(options);
        var print = SHA256.HashData(Encoding.UTF8.GetBytes(pin));
        if (refusedPin is not null && refusedPin.AsSpan().SequenceEqual(print))
        {
            // Tokens lock after a few wrong PINs: the same one is never tried twice.
            throw new RootKeyUnavailableException($"The token {options.Token} refused the PIN in {options.PinFile}. It is tried again when the file has another.");
        }

        Module? opened = null;
        try
        {
            opened = new Module(options, pin);
            return Name is null || NameOf(opened.KeyId) == Name
                ? opened
                : throw new RootKeyUnavailableException($"The token {options.Token} has another key {options.Key} than it had.");
        }
        catch (Exception exception)
        {
            if (exception is Pkcs11Exception { RV: CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_LOCKED or CKR.CKR_PIN_EXPIRED or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE })
            {
                refusedPin = print;
            }

            opened?.Dispose();
            throw;
        }
    }

    private static string ReadPin(Pkcs11Options options)
    {
        var pin = KeyFiles.ReadOwnerOnly(options.PinFile);
        try
        {
            return Encoding.UTF8.GetString(pin).TrimEnd('\r', '\n');
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    private void Close()
    {
        module?.Dispose();
        module = null;
    }
}
