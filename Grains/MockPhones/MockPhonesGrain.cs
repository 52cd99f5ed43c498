using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Bzt.Contracts.Platforms;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Foundations;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Orleans.Runtime;

namespace Bzt.Grains.MockPhones;

/// <summary>Section <c>MockPhone</c>.</summary>
public sealed class MockPhoneOptions
{
    public const string Section = "MockPhone";

    /// <summary>Only an embedded system may have them: a cluster that is told to does not start.</summary>
    public bool Enabled { get; set; }
}

/// <summary>The mock phones at rest: made at the first scan, the same ever after, so that what was bound stays bound.</summary>
public sealed record StoredMockPhones
{
    /// <summary>DER; its key was thrown away once the phones had their certificates.</summary>
    public byte[]? Root { get; init; }

    public ImmutableArray<StoredMockPhone> Phones { get; init; } = [];
}

/// <param name="SigningKey">Whole, sealed by the key protector.</param>
/// <param name="EncryptionKey">Likewise.</param>
public sealed record StoredMockPhone(string Number, Guid Id, byte[] SigningKey, byte[] SigningCertificate, string SigningSerial, byte[] EncryptionKey, byte[] EncryptionCertificate, string EncryptionSerial);

/// <inheritdoc cref="IMockPhonesGrain"/>
[GrainType("mock-phones")]
internal sealed class MockPhonesGrain(
    [PersistentState("mock-phones")] IPersistentState<StoredMockPhones> store, MockPhoneOptions options, IKeyProtector protector, TimeProvider clock) : Grain, IMockPhonesGrain
{
    private const string KeyPurpose = "mock-phone";

    /// <summary>Nobody answers there: what these certificates say about themselves ends at a root that is trusted nowhere.</summary>
    private static readonly Uri Nowhere = new("http://sandbox.invalid");

    public async Task<Reply<MockScanned>> Scan(MockScanCommand command)
    {
        // 1. Here, for a sandbox, and a number of the table.
        if (!options.Enabled || MockPhoneNumbers.EndOf(command.Number) is not { } end
            || await GrainFactory.GetGrain<IPlatformGrain>(command.Platform.Value).GetFacts() is not Done<PlatformFacts>({ Sandbox: true } platform))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        // 2. It scans as a phone does: a stale code is stale for it too.
        await Make();
        var phone = store.State.Phones.First(known => known.Number == command.Number);
        var (user, session) = (new UserId(phone.Id), GrainFactory.QrSession(new SessionId(command.Session)));
        var scanned = await session.Scan(command.Scan with { User = user, Device = new DeviceId(phone.Id) });
        if (scanned is not Done<PhoneSessionView>(var view))
        {
            return ((Refused<PhoneSessionView>)scanned).Refusal;
        }

        if (view.Platform != command.Platform)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        // 3. And comes to its end.
        if (end == SessionEnd.Ok)
        {
            var began = await session.BeginSandbox(SignerOf(phone, platform));
            if (began is not Done<SessionWork>(var work))
            {
                return ((Refused<SessionWork>)began).Refusal;
            }

            await session.Complete(Serve(phone, command.Session, work));
        }
        else if (end == SessionEnd.Refused)
        {
            await session.Refuse(user, disowned: false);
        }
        else if (end != SessionEnd.TimedOut)
        {
            await session.Fail(user, end);
        }

        return new MockScanned(end, MockPhoneNumbers.EnterpriseOf(command.Number), await session.GetReturn(user) is Done<string>(var url) ? url : null);
    }

    public Task<SessionSignerFacts?> GetSigner(CertificateId certificate) =>
        Task.FromResult(store.State.Phones.FirstOrDefault(phone => phone.Id == certificate.Value) is { } phone ? FactsOf(phone) : null);

    private static SessionSigner SignerOf(StoredMockPhone phone, PlatformFacts platform)
    {
        var enterprise = MockPhoneNumbers.EnterpriseOf(phone.Number);
        return new SessionSigner(
            new UserId(phone.Id), new CertificateId(phone.Id), enterprise.Name, enterprise.CreditCode, platform.RecognitionGroup, phone.SigningSerial, [phone.EncryptionSerial]);
    }

    private SessionSignerFacts FactsOf(StoredMockPhone phone)
    {
        var enterprise = MockPhoneNumbers.EnterpriseOf(phone.Number);
        return new SessionSignerFacts(
            enterprise.Name, enterprise.CreditCode, phone.SigningSerial, phone.SigningCertificate, phone.EncryptionSerial, phone.EncryptionCertificate, [store.State.Root!]);
    }

    /// <summary>What a phone and a silo make together, made by one who has the whole keys.</summary>
    private SessionOutcome Serve(StoredMockPhone phone, Guid session, SessionWork work)
    {
        using var key = Open(phone, phone.SigningKey);
        var point = Sm2Group.MultiplyBase(key.Value);
        List<SessionSignature> signatures =
        [
            .. work.Documents.Select(document => new SessionSignature(
                document.Form, document.ToBeSigned, Sm2Signature.Sign(key, Sm2Signature.Digest(point, document.ToBeSigned), SystemRandom.Instance).ToRaw())),
        ];
        SessionPartials? partials = null;
        if (work is { Decryption: { } decryption, Project: { } project })
        {
            // The session decoded it when it was opened.
            var task = DecryptionTasks.Create(
                decryption.ToolKey, decryption.Recipient, decryption.EncryptionSerial, work.Platform.Value, new ProjectInfo(project.ProjectId, project.Name, project.OpeningTime),
                QrSessionRules.WrappedKeys(decryption))!;
            using var whole = Open(phone, phone.EncryptionKey);
            var (phoneParts, siloParts) = Decryption.ReleaseWhole(whole, session.ToString("D"), task, SystemRandom.Instance);
            partials = new SessionPartials(phoneParts, siloParts);
        }

        return new SessionOutcome(new CertificateId(phone.Id), SessionEnd.Ok, FactsOf(phone), signatures, partials);
    }

    private SecretScalar Open(StoredMockPhone phone, byte[] sealedKey)
    {
        using var bytes = protector.Unprotect(KeyPurpose, Encoding.UTF8.GetBytes(phone.Number), sealedKey);
        return Scalar.TryDecode(bytes.Span, out var value) ? new SecretScalar(value) : throw new CryptographicException("A stored key is damaged.");
    }

    private async Task Make()
    {
        if (store.State.Root is not null)
        {
            return;
        }

        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        using var rootKey = SecretScalar.Random(SystemRandom.Instance);
        var signer = Sm2Keys.Private(rootKey.Span);
        var name = new X509Name(new List<DerObjectIdentifier> { X509Name.C, X509Name.O }, new List<string> { "CN", "BZT SANDBOX - NOT TRUSTED" });
        var root = CertificateProfiles.Root(name, Public(rootKey), signer, NewSerial(), now, SystemRandom.Instance);
        await store.WriteAsync(this, new StoredMockPhones { Root = root.GetEncoded(), Phones = [.. MockPhoneNumbers.All.Select(number => Make(number))] });

        StoredMockPhone Make(string number)
        {
            var enterprise = MockPhoneNumbers.EnterpriseOf(number);
            var facts = new CaSubject(enterprise.Name, enterprise.Name, null, null, null, enterprise.CreditCode.Value);
            using var signing = SecretScalar.Random(SystemRandom.Instance);
            using var encryption = SecretScalar.Random(SystemRandom.Instance);
            var (signingSerial, encryptionSerial) = (NewSerial(), NewSerial());
            return new StoredMockPhone(
                number, Guid.CreateVersion7(),
                Seal(number, signing), Certify(facts, signing, encryption: false, signingSerial), signingSerial,
                Seal(number, encryption), Certify(facts, encryption, encryption: true, encryptionSerial), encryptionSerial);
        }

        byte[] Certify(CaSubject facts, SecretScalar key, bool encryption, string serial) => CertificateProfiles.Holder(
            CertificateProfiles.Subject(facts)!, facts, Public(key), encryption, root, signer, serial, now, now.AddYears(10), Nowhere, SystemRandom.Instance).GetEncoded();
    }

    private byte[] Seal(string number, SecretScalar key) => protector.Protect(KeyPurpose, Encoding.UTF8.GetBytes(number), key.Span);

    private static Org.BouncyCastle.Crypto.Parameters.ECPublicKeyParameters Public(SecretScalar key) => Sm2Keys.Public(Sm2Group.MultiplyBase(key.Value).Encode());

    private static string NewSerial()
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        bytes[0] = (byte)((bytes[0] & 0x3F) | 0x40);
        return Convert.ToHexString(bytes);
    }
}
