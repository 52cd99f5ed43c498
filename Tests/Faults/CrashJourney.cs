using System.Buffers.Text;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Seals;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Simulators.Control;
using Bzt.Tests.Applications;
using DecryptionRecipient = Bzt.Contracts.Platforms.DecryptionRecipient;

namespace Bzt.Tests.Faults;

/// <summary>
/// A phone and a platform that go on with their work whatever happens to the gateway, and remember what they were told: nothing that was
/// answered as done may be different later.
/// </summary>
internal sealed partial class CrashJourney : IDisposable
{
    private const int MaxTries = 40;
    private static readonly ProjectInfo Project = new("P-1", "某道路工程", DateTimeOffset.UnixEpoch.AddYears(50));

    private readonly PhoneClient phone;
    private readonly PlatformClient platform;
    private readonly HttpClient[] clients;
    private readonly HttpClient console;
    private readonly string platformId;
    private readonly string wrongPin;
    private readonly Dictionary<Guid, byte[]> released = [];
    private readonly HashSet<Scalar> nonces = [];
    private Guid certificateId;
    private CertificateInfo? certificate;
    private string pin;
    private string otherPin;
    private SimulatorControl simulators = null!;
    private string phoneNumber = "";
    private bool isPinChanged;

    public CrashJourney(
        KillableGateway gateway, EcdsaDeviceKey key, MemoryPhoneKeyStore store, ChannelTrust trust, (string Id, string Secret) platform, (string Right, string Next, string Wrong) pins)
    {
        platformId = platform.Id;
        (pin, otherPin, wrongPin) = pins;
        Network = new PatientNetwork(gateway);
        var phoneHttp = Client(Network);
        var tokens = Client(new PatientNetwork(gateway));
        var platformHttp = Client(new ClientCredentialsHandler(tokens, platform.Id, platform.Secret, TimeProvider.System) { InnerHandler = new PatientNetwork(gateway) });
        console = Client(new PatientNetwork(gateway));
        console.DefaultRequestHeaders.Add("Bzt-Console", "tests");
        clients = [phoneHttp, platformHttp, tokens, console];
        phone = new PhoneClient(phoneHttp, key, store, new DotNetPinStretcher(), trust, TimeProvider.System, SystemRandom.Instance) { StretchRounds = 10 };
        this.platform = new PlatformClient(platformHttp, TimeProvider.System);

        HttpClient Client(HttpMessageHandler handler) => new(handler) { BaseAddress = gateway.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The phone's.</summary>
    public PatientNetwork Network { get; }

    /// <summary>Operations that were answered as done.</summary>
    public int Done { get; private set; }

    /// <summary>What each session's dynamic QR was made with.</summary>
    public List<byte[]> SessionSecrets { get; } = [];

    public PhoneLogin Login => phone.Login!;

    public Guid Certificate => certificateId;

    public string Pin => pin;

    /// <summary>Goes on with a certificate that is there and bound to the platform.</summary>
    public void Take(PhoneLogin login, Guid held, SimulatorControl sms, string number) =>
        (phone.Login, certificateId, simulators, phoneNumber) = (login, held, sms, number);

    public void Dispose() => Array.ForEach(clients, client => client.Dispose());

    /// <summary>Login, a seal with a slip of the finger before it, a decryption, another PIN.</summary>
    public async Task PlayAsync()
    {
        certificate ??= await InsistAsync(() => phone.GetCertificateAsync(certificateId));
        await LogInAsync();
        await SealAsync();
        await DecryptAsync();
        await ChangePinAsync();
        await CheckMemoryAsync();
    }

    private async Task LogInAsync()
    {
        var opened = await OpenAsync(new CreateSessionRequest(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) });
        Assert.IsType<PinOutcome.Done>(await ConfirmAsync(opened, pin));
        await ReleasedAsync(opened);
    }

    private async Task SealAsync()
    {
        var attributes = CmsSeal.SignedAttributes(RandomNumberGenerator.GetBytes(32), certificate!.SigningCertificate, "投标文件.pdf", DateTimeOffset.UtcNow);
        var opened = await OpenAsync(new CreateSessionRequest(SessionKind.Seal) { Documents = [new DocumentRequest(SigningForms.CmsPdf, attributes)] });

        // Each try counts once, whatever was killed in between: never less, and the phone always learns of it.
        for (var tries = 1; tries <= 2; tries++)
        {
            var wrong = Assert.IsType<PinOutcome.WrongPin>(await ConfirmAsync(opened, wrongPin));
            Assert.Equal(tries, wrong.Failures);
            Assert.Equal(5 - tries, (await InsistAsync(() => phone.GetCertificateAsync(certificateId))).TriesLeft);
        }

        Assert.IsType<PinOutcome.Done>(await ConfirmAsync(opened, pin));
        Assert.Equal(5, (await InsistAsync(() => phone.GetCertificateAsync(certificateId))).TriesLeft);
        Assert.Equal(attributes, Assert.Single((await ReleasedAsync(opened)).Signatures).ToBeSigned);
    }

    private async Task DecryptAsync()
    {
        Assert.True(Sm2Certificate.TryParse(certificate!.EncryptionCertificate, out var encryption));
        using var tool = SecretScalar.Random(SystemRandom.Instance);
        var content = RandomNumberGenerator.GetBytes(16);
        var wrapped = Sm2Ciphertext.Encrypt(encryption.PublicKey, content, SystemRandom.Instance);
        var request = new DecryptionRequest(
            Sm2Group.MultiplyBase(tool.Value).Encode(), DecryptionRecipient.ThisPc, certificate.EncryptionSerial!, [new WrappedKey("投标文件", wrapped.ToDer())]);
        var task = DecryptionTasks.Create(request, platformId, Project)!;
        var opened = await OpenAsync(new CreateSessionRequest(SessionKind.Decrypt) { Project = Project, Decryption = request });
        Assert.IsType<PinOutcome.Done>(await ConfirmAsync(opened, pin, Base64Url.EncodeToString(task.Binding)));
        var partials = (await ReleasedAsync(opened)).Decryption!;
        var points = Decryption.Combine(tool, opened.SessionId.ToString("D"), task, partials.PhoneParts, partials.SiloParts, SystemRandom.Instance);
        Assert.True(wrapped.TryOpen(Assert.Single(points!), out var plaintext));
        Assert.Equal(content, plaintext);
    }

    private async Task ChangePinAsync()
    {
        // Once a journey: a number gets one code a minute.
        if (isPinChanged)
        {
            return;
        }

        await ApprovePinChangeAsync();
        for (var attempt = 1; ; attempt++)
        {
            Assert.True(attempt < MaxTries, "The PIN does not get changed.");
            try
            {
                Assert.IsType<PinOutcome.Done>(await phone.ChangePinAsync(certificateId, pin, otherPin));
                break;
            }
            catch (Exception exception) when (IsAway(exception))
            {
                // The old PIN holds: a change that was only heard of afterwards is none.
                await SettleAsync();
            }
        }

        (pin, otherPin, isPinChanged) = (otherPin, pin, true);
        Done++;
    }

    private async Task ApprovePinChangeAsync()
    {
        var before = await simulators.LastMessageAsync(phoneNumber);
        await InsistAsync(async () =>
        {
            try
            {
                await phone.RequestOwnSmsCodeAsync(SmsPurpose.ChangePin);
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.SmsTooMany)
            {
                // Asked for already, before the answer was lost.
            }

            return true;
        });
        var message = await Wait.UntilAsync(() => simulators.LastMessageAsync(phoneNumber), found => found is not null && found.BizId != before?.BizId);
        var operation = Guid.NewGuid();
        await InsistAsync(() => phone.ApprovePinChangeAsync(certificateId, message!.Code, operation));
    }

    /// <summary>Everything ever answered as done, once more.</summary>
    private async Task CheckMemoryAsync()
    {
        foreach (var (session, signature) in released)
        {
            var status = await InsistAsync(() => platform.GetAsync(session));
            Assert.Equal((SessionState.Completed, SessionEnd.Ok), (status.State, status.End));
            Assert.Equal(signature, Fingerprint(status.Result!));
        }

        var evidence = await InsistAsync(() => phone.GetEvidenceAsync(certificateId));
        Assert.Equal(EvidenceFault.None, evidence.Verify(evidence.EvidenceKey));
        var outcomes = evidence.Entries.Where(entry => entry.Kind is EvidenceKind.Signed or EvidenceKind.Decrypted).Select(entry => entry.Request).ToList();
        Assert.Equal(outcomes.Count, outcomes.Distinct().Count());
        Assert.Superset(released.Keys.ToHashSet(), outcomes.ToHashSet());
    }

    private async Task<OpenedSession> OpenAsync(CreateSessionRequest request)
    {
        var key = Guid.NewGuid().ToString("N");
        var opened = await InsistAsync(() => platform.OpenAsync(request, key));
        SessionSecrets.Add(opened.Session.SessionSecret);
        return opened;
    }

    /// <summary>Scans and confirms until there is a definite outcome. What the last try left behind is settled before the next.</summary>
    private async Task<PinOutcome> ConfirmAsync(OpenedSession opened, string with, string? fragment = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            Assert.True(attempt < MaxTries, "There is no outcome.");
            try
            {
                var scanned = await phone.ScanAsync(opened.Link(fragment));
                if (await phone.OpenRequestAsync(scanned, certificateId) is RequestOpening.Opened(var request))
                {
                    using (request)
                    {
                        return await phone.ConfirmAsync(request, with);
                    }
                }
            }
            catch (Exception exception) when (IsAway(exception))
            {
                if (await SettleAsync() is { } outcome and not PinOutcome.Ended)
                {
                    return outcome;
                }
            }
        }
    }

    private Task<PinOutcome?> SettleAsync() => InsistAsync(() => phone.ResumeAsync(certificateId));

    private async Task<SessionResult> ReleasedAsync(OpenedSession opened)
    {
        var status = await InsistAsync(() => platform.WaitAsync(opened.SessionId));
        Assert.Equal(SessionEnd.Ok, status.End);
        var result = status.Result!;
        Assert.True(Sm2Certificate.TryParse(certificate!.SigningCertificate, out var signing));
        foreach (var signature in result.Signatures)
        {
            var e = Sm2Signature.Digest(signing.PublicKey, signature.ToBeSigned);
            Assert.True(Sm2Signature.TryParseRaw(signature.Signature, out var parsed));
            Assert.True(parsed!.Verify(signing.PublicKey, e));

            // r = e + x(kG): the same x under two signatures would be the same nonce.
            Assert.True(nonces.Add(parsed.R - Scalar.Reduce(e)), "A nonce was used twice.");
        }

        released.Add(opened.SessionId, Fingerprint(result));
        Done++;
        return result;
    }

    private static byte[] Fingerprint(SessionResult result) => SHA256.HashData(
        [.. result.Signatures.SelectMany(signature => signature.Signature), .. result.Decryption?.PhoneParts ?? [], .. result.Decryption?.SiloParts ?? []]);

    private static async Task<T> InsistAsync<T>(Func<Task<T>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (Exception exception) when (IsAway(exception) && attempt < MaxTries)
            {
                // The network waited until it was back.
            }
        }
    }

    /// <summary>It was away, meanwhile the code went stale, or it came back without the memory of the scan: the user scans again.</summary>
    private static bool IsAway(Exception exception) =>
        exception is PhoneLinkException or HttpRequestException or IOException or TaskCanceledException { InnerException: TimeoutException }
        or ApiRefusedException { Code: ErrorCodes.Unavailable or ErrorCodes.NotFound or ErrorCodes.ChannelRejected or ErrorCodes.QrStale };
}
