using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Bzt.BidTool.Commands;
using Bzt.Documents.BidFiles;
using Bzt.Documents.Certificates;
using Bzt.Documents.Seals;
using Bzt.Protocol.Primitives;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Locks;

/// <summary>
/// A CA lock behind its maker's PKCS #11 module: its certificates, and what its keys do once the PIN was right. The keys never leave it. Which mechanism is
/// asked for follows from the certificate's key: SM2 by the maker's own number, RSA and ECDSA by the standard's.
/// </summary>
internal sealed class CaLock : IDisposable
{
    /// <summary>DigestInfo of SHA-256 (RFC 8017, 9.2), before the digest itself.</summary>
    private static readonly byte[] Sha256Info = [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

    /// <summary>The bindings ask for libdl by a name that only development packages install; today it is part of the C library.</summary>
    static CaLock() => NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, (name, _, _) =>
        name == "libdl" && OperatingSystem.IsLinux() && (NativeLibrary.TryLoad("libdl.so.2", out var handle) || NativeLibrary.TryLoad("libc.so.6", out handle)) ? handle : 0);

    private readonly LockSettings settings;
    private readonly IPkcs11Library library;
    private readonly ISlot slot;
    private readonly ISession session;
    private IReadOnlyList<Held> held;

    private CaLock(LockSettings settings, IPkcs11Library library, ISlot slot)
    {
        (this.settings, this.library, this.slot) = (settings, library, slot);
        session = slot.OpenSession(SessionType.ReadOnly);
        held = ReadCertificates();
    }

    /// <summary>A certificate on the lock, with the id its key shares.</summary>
    private sealed record Held(byte[] Id, LockCertificate Certificate);

    /// <summary>Opens the one lock that is meant. Nothing is asked of the user yet.</summary>
    public static CaLock Open(LockSettings settings) => Guarded(() =>
    {
        var library = Load(settings.Module ?? throw new ToolException(
            "lock_module", Say("未指定CA锁的PKCS#11模块：用 --lock 模块.so，或 bidtool config set lock.module 模块.so", "No PKCS #11 module: use --lock MODULE.so, or bidtool config set lock.module MODULE.so")));
        try
        {
            return new CaLock(settings, library, Choose(library, settings.Token));
        }
        catch
        {
            library.Dispose();
            throw;
        }
    });

    /// <summary>The certificate that signs: of those for signing the one valid the longest.</summary>
    /// <exception cref="ToolException">There is none, or none that is valid now.</exception>
    public LockCertificate Signer(DateTimeOffset now)
    {
        var best = Best(certificate => certificate.MaySign)
            ?? throw new ToolException("lock_empty", Say("CA锁内没有可用于签名的单位证书", "There is no certificate for signing on the CA lock"));
        return now > best.NotAfter ? throw new ToolException("certificate_expired", Say($"CA锁的证书已于 {Day(best.NotAfter)} 过期，请到CA机构更新", $"The CA lock's certificate expired on {Day(best.NotAfter)}: have its CA renew it"))
            : now < best.NotBefore ? throw new ToolException("certificate_not_yet", Say($"CA锁的证书自 {Day(best.NotBefore)} 起有效，请检查电脑的时间", $"The CA lock's certificate is valid from {Day(best.NotBefore)}: check this PC's clock"))
            : best;
    }

    /// <summary>The certificate bid files are encrypted to; null when the lock has none.</summary>
    public LockCertificate? Recipient(DateTimeOffset now) => Best(certificate => certificate.MayEncrypt && now <= certificate.NotAfter);

    /// <summary>The authorities that lie on the lock, as a way up from this certificate.</summary>
    public IReadOnlyList<byte[]> Chain(LockCertificate of, DateTimeOffset now) =>
        [.. SignerPath.Build(of.Der, [], [.. held.Where(h => h.Certificate.IsAuthority).Select(h => h.Certificate.Der)], now).Certificates.Skip(1)];

    public IReadOnlyList<byte[]> Authorities => [.. held.Where(h => h.Certificate.IsAuthority).Select(h => h.Certificate.Der)];

    /// <summary>Whether this very certificate lies on the lock.</summary>
    public bool Holds(byte[] der) => held.Any(h => h.Certificate.Der.AsSpan().SequenceEqual(der));

    /// <summary>The keys of a bid file that this lock can decrypt, also with a certificate that has expired meanwhile.</summary>
    public IReadOnlyList<WrappedSectionKey> Mine(BidFileReader reader) => [.. reader.WrappedKeys().Where(key => HolderOf(key) is not null).DistinctBy(key => key.Section)];

    /// <summary>Some modules show certificates only after the PIN.</summary>
    public bool ShowsCertificates => held.Count > 0;

    /// <summary>What the lock says of its PIN.</summary>
    public PinTries Tries
    {
        get
        {
            try
            {
                var flags = slot.GetTokenInfo().TokenFlags;
                return flags.UserPinLocked ? PinTries.None : flags.UserPinFinalTry ? PinTries.Last : flags.UserPinCountLow ? PinTries.Few : PinTries.NotTold;
            }
            catch (Pkcs11Exception)
            {
                return PinTries.NotTold;
            }
        }
    }

    /// <param name="pin">Zeroed when used.</param>
    /// <exception cref="ToolException">Wrong, locked, or not set.</exception>
    public void LogIn(byte[] pin)
    {
        try
        {
            session.Login(CKU.CKU_USER, pin);
        }
        catch (Pkcs11Exception exception) when (exception.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // Of a module that logs in once for all programs.
        }
        catch (Pkcs11Exception exception)
        {
            throw LockFailure.Of(exception.RV, Tries);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }

        held = ShowsCertificates ? held : Guarded(ReadCertificates);
    }

    /// <returns>As <see cref="LockCertificate.Verify"/> takes it, and held against it: a lock with another key than its certificate's is noticed here.</returns>
    public byte[] Sign(LockCertificate certificate, byte[] message) => Guarded(() =>
    {
        var key = KeyOf(certificate);
        var digest = certificate.Digest(message);
        var signature = certificate.Algorithm switch
        {
            LockAlgorithm.Sm2 => Sm2(session.Sign(Vendor(settings.Sm2Sign, "lock.sm2-sign"), key, digest)),
            LockAlgorithm.Rsa when Knows(CKM.CKM_SHA256_RSA_PKCS) => session.Sign(Mechanism(CKM.CKM_SHA256_RSA_PKCS), key, message),
            LockAlgorithm.Rsa => session.Sign(Mechanism(CKM.CKM_RSA_PKCS), key, [.. Sha256Info, .. digest]),
            _ => session.Sign(Mechanism(CKM.CKM_ECDSA), key, digest),
        };
        return certificate.Verify(message, signature)
            ? signature
            : throw new ToolException("lock_mechanism", Say("CA锁作出的签名与其证书不符：SM2机制号可能不对，或锁已损坏", "The CA lock's signature is not its certificate's: perhaps another SM2 mechanism is meant, or the lock is damaged"));
    });

    /// <summary>A section's key, 16 bytes.</summary>
    public byte[] Decrypt(WrappedSectionKey wrapped) => Guarded(() =>
    {
        var key = KeyOf(HolderOf(wrapped)!.Certificate);
        var plain = wrapped.Wrap == KeyWrap.Sm2
            ? session.Decrypt(Vendor(settings.Sm2Decrypt, "lock.sm2-decrypt"), key, settings.ToLock(wrapped.Ciphertext))
            : session.Decrypt(Oaep(), key, wrapped.Ciphertext);
        return plain.Length == 16 ? plain : throw LockFailure.Of(CKR.CKR_ENCRYPTED_DATA_INVALID);
    });

    public void Dispose()
    {
        try
        {
            session.Dispose();
            library.Dispose();
        }
        catch (Pkcs11Exception)
        {
            // Pulled out: there is nothing left to close.
        }
    }

    private static IPkcs11Library Load(string module)
    {
        if (!File.Exists(module))
        {
            throw new ToolException("lock_module", Say($"找不到CA锁的PKCS#11模块：{module}，请安装锁的驱动", $"There is no PKCS #11 module {module}: install the lock's driver"));
        }

        try
        {
            var factories = new Pkcs11InteropFactories();
            return factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, module, AppType.MultiThreaded);
        }
        catch (Exception exception) when (exception is UnmanagedException or LibraryArchitectureException or DllNotFoundException or BadImageFormatException)
        {
            throw new ToolException("lock_module", Say($"{module} 不是本机可用的PKCS#11模块", $"{module} is no PKCS #11 module this machine can use"));
        }
    }

    private static ISlot Choose(IPkcs11Library library, string? wanted)
    {
        var present = library.GetSlotList(SlotsType.WithTokenPresent).Select(slot => (Slot: slot, Token: slot.GetTokenInfo())).Where(found => found.Token.TokenFlags.TokenInitialized).ToList();
        var fitting = wanted is null ? present : [.. present.Where(found => found.Token.Label == wanted || found.Token.SerialNumber == wanted)];
        var names = string.Join(Say("、", ", "), present.Select(found => $"{found.Token.Label} ({found.Token.SerialNumber})"));
        return (fitting.Count, present.Count) switch
        {
            (1, _) => fitting[0].Slot,
            (0, 0) => throw new ToolException("lock_missing", Say("未找到CA锁，请插入后重新运行命令", "No CA lock: plug it in and run the command again")),
            (0, _) => throw new ToolException("lock_missing", Say($"没有名为 {wanted} 的CA锁；已插入：{names}", $"There is no CA lock {wanted}; there is {names}")),
            _ => throw new ToolException("lock_ambiguous", Say($"插有多把CA锁，请用 --token 选择：{names}", $"There are several CA locks, choose with --token: {names}")),
        };
    }

    private List<Held> ReadCertificates()
    {
        var found = new List<Held>();
        foreach (var handle in session.FindAllObjects([Attribute(CKA.CKA_CLASS, CKO.CKO_CERTIFICATE)]))
        {
            var values = session.GetAttributeValue(handle, new List<CKA> { CKA.CKA_ID, CKA.CKA_VALUE });
            if (LockCertificate.TryParse(values[1].GetValueAsByteArray(), out var certificate))
            {
                found.Add(new Held(values[0].GetValueAsByteArray(), certificate));
            }
        }

        return found;
    }

    private LockCertificate? Best(Func<LockCertificate, bool> fits) =>
        held.Select(h => h.Certificate).Where(certificate => !certificate.IsAuthority && certificate.CreditCode is not null && fits(certificate)).MaxBy(certificate => certificate.NotAfter);

    private Held? HolderOf(WrappedSectionKey key) => held.FirstOrDefault(h =>
        h.Certificate.Serial == key.SerialNumber && h.Certificate.IssuerDer.AsSpan().SequenceEqual(key.Issuer) && h.Certificate.Algorithm == (key.Wrap == KeyWrap.Sm2 ? LockAlgorithm.Sm2 : LockAlgorithm.Rsa));

    private IObjectHandle KeyOf(LockCertificate certificate)
    {
        var id = held.First(h => h.Certificate == certificate).Id;
        return session.FindAllObjects([Attribute(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY), session.Factories.ObjectAttributeFactory.Create(CKA.CKA_ID, id)]).FirstOrDefault()
            ?? throw new ToolException("lock_empty", Say("CA锁内没有与证书对应的私钥", "The key of the certificate is not on the CA lock"));
    }

    private bool Knows(CKM mechanism) => slot.GetMechanismList().Contains(mechanism);

    private IMechanism Mechanism(CKM mechanism) => session.Factories.MechanismFactory.Create(mechanism);

    private IMechanism Oaep() => session.Factories.MechanismFactory.Create(
        CKM.CKM_RSA_PKCS_OAEP,
        session.Factories.MechanismParamsFactory.CreateCkRsaPkcsOaepParams((ulong)CKM.CKM_SHA_1, (ulong)CKG.CKG_MGF1_SHA1, (ulong)CKZ.CKZ_DATA_SPECIFIED, null));

    private IMechanism Vendor(string? configured, string name) => session.Factories.MechanismFactory.Create(LockSettings.Mechanism(configured) ?? throw new ToolException(
        "lock_mechanism", Say($"SM2锁须先设置厂商的机制号：bidtool config set {name} 0x8…（见锁的开发手册）", $"An SM2 lock needs its maker's mechanism number: bidtool config set {name} 0x8… (the lock's manual has it)")));

    /// <summary>Some modules give r‖s, some its DER.</summary>
    private static byte[] Sm2(byte[] signature) => signature.Length != 64 && Sm2Signature.TryParseDer(signature, out var parsed) ? parsed!.ToRaw() : signature;

    private IObjectAttribute Attribute(CKA attribute, CKO value) => session.Factories.ObjectAttributeFactory.Create(attribute, value);

    private static string Day(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Pkcs11Exception exception)
        {
            throw LockFailure.Of(exception.RV);
        }
    }
}
