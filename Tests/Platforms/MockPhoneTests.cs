using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Tests.Certificates;
using Bzt.Tests.Storage;

using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Platforms;

/// <summary>X24: a platform under development is served by phones whose numbers say how they end.</summary>
[Collection(PlatformSystemCollection.Name)]
public sealed class MockPhoneTests(PlatformSystem world)
{
    private const string Good = "13900000001";

    private static readonly (string Number, SessionEnd End)[] Table =
    [
        ("13900000002", SessionEnd.Refused), ("13900000003", SessionEnd.TimedOut), ("13900000004", SessionEnd.WrongPin), ("13900000005", SessionEnd.Locked),
        ("13900000006", SessionEnd.CertificateUnusable), ("13900000007", SessionEnd.ProtocolFailure),
    ];

    /// <summary>The blocks of <c>docs/platforms/sandbox.md</c>, as they stand, after the quick start's token, session and link.</summary>
    [Fact]
    [Trait("Feature", "X24"), Trait("Surface", "api")]
    public async Task The_commands_of_the_sandbox_work()
    {
        using var party = await RelyingParty.RegisterAsync(world.System, id: "sandbox");
        Assert.IsType<Done<Nothing>>(await world.System.Grains.GetGrain<IPlatformGrain>(party.Id).Register(
            new RegisterPlatform(party.Name, "hubei", party.Secret, MaySignHashes: false) { Sandbox = true }));
        using var folder = new TempFolder();
        using var shell = new Shell();
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(folder.File("work"), "var", "keys")).FullName, "development.json"), $"{{\n  \"SandboxSecret\": \"{party.Secret}\",\n}}\n");
        await shell.RunAsync($"cd '{folder.File("work")}'");
        var blocks = PlatformDocs.Blocks("sandbox.md").ToList();
        Assert.Equal(3, blocks.Count);
        await shell.RunAsync(blocks[0]);
        Assert.Equal($"sandbox {party.Secret}", (await shell.RunAsync("echo $CLIENT_ID $CLIENT_SECRET")).Trim());
        await shell.RunAsync($"BZT={world.System.Address.GetLeftPart(UriPartial.Authority)}");
        foreach (var step in (string[])["TOKEN=$(", "SESSION=$(", "link()"])
        {
            await shell.RunAsync(PlatformDocs.Block("quick-start.md", step));
        }

        foreach (var (block, again, end) in ((string, string, string)[])[(blocks[1], "scan 13900000002", "refused"), (blocks[2], "scan 13900000001", "ok")])
        {
            var answer = await shell.RunAsync(block);
            for (var started = TimeProvider.System.GetTimestamp(); answer.Contains(ErrorCodes.QrStale, StringComparison.Ordinal) && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60);)
            {
                // The next code.
                answer = await shell.RunAsync(again);
            }

            Assert.Contains($"\"end\":\"{end}\"", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Feature", "X24"), Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task Each_number_ends_as_the_table_says_and_a_good_one_does_everything()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        using var real = await RelyingParty.RegisterAsync(world.System);
        Assert.IsType<Done<Nothing>>(await world.System.Grains.GetGrain<IPlatformGrain>(party.Id).Register(
            new RegisterPlatform(party.Name, "hubei", party.Secret, MaySignHashes: true) { Sandbox = true }));

        // Nobody's phone but the mock ones serves a sandbox, and these nothing else; a number that is none is none; a stale code is stale.
        var login = await party.OpenLoginAsync(timeoutSeconds: 600);
        var scanned = await world.Phone.Client.ScanAsync(await party.OpenLoginAsync());
        Assert.Equal(ErrorCodes.CertificateNotEligible, await Refusal.OfAsync(() => world.Phone.Client.OpenRequestAsync(scanned, world.Phone.Certificate)));
        var shown = await real.OpenLoginAsync();
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => real.Client.ScanWithMockPhoneAsync(Good, shown.Link())));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => party.Client.ScanWithMockPhoneAsync(Good, shown.Link())));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => party.Client.ScanWithMockPhoneAsync("13800138000", login.Link())));
        Assert.Equal(ErrorCodes.QrInvalid, await Refusal.OfAsync(() => party.Client.ScanWithMockPhoneAsync(Good, "https://elsewhere.example/q")));
        world.System.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(ErrorCodes.QrStale, await Refusal.OfAsync(() => party.Client.ScanWithMockPhoneAsync(Good, DynamicQr.Link(login.Session, TimeSpan.Zero))));

        // The other ends, each by its own name.
        foreach (var (number, end) in Table)
        {
            var opened = await party.OpenLoginAsync(timeoutSeconds: 30);
            Assert.Equal(end, (await ScanAsync(party, number, opened)).End);
            if (end == SessionEnd.TimedOut)
            {
                Assert.Equal(SessionState.Scanned, (await party.Client.GetAsync(opened.SessionId)).State);
                world.System.Clock.Advance(TimeSpan.FromSeconds(31));
            }

            Assert.Equal((number, end), (number, (await party.Client.WaitAsync(opened.SessionId)).End));
        }

        // A login before the binding, a binding of another enterprise.
        var early = await party.OpenLoginAsync();
        Assert.Equal(ErrorCodes.NotBound, await Refusal.OfAsync(() => ScanAsync(party, Good, early)));
        var wrong = await party.Client.OpenAsync(RelyingParty.Bind(world.Phone.Enterprise));
        Assert.Equal(ErrorCodes.EnterpriseMismatch, await Refusal.OfAsync(() => ScanAsync(party, Good, wrong)));

        // Bound, it logs in, through a restart too, and its signatures are signatures, though of a root that nobody trusts.
        var enterprise = (await ScanAsync(party, Table[0].Number, await party.OpenLoginAsync())).Enterprise with { Name = "标证通沙箱1号有限公司" };
        enterprise = enterprise with { CreditCode = "91420500MK0000001" + Grains.Enterprises.CreditCodes.CheckCharacter("91420500MK0000001") };
        await DoneAsync(party, await party.Client.OpenAsync(RelyingParty.Bind(enterprise)));
        await world.RestartAsync(party);
        var result = await DoneAsync(party, await party.OpenLoginAsync());
        Assert.Equal(enterprise, result.Enterprise);
        Assert.True(PhoneInHand.Verifies(result, result.Signatures[0]));
        var judged = await party.Client.VerifyAsync(new VerifyRequest { Certificate = result.SigningCertificate, Chain = result.Chain });
        Assert.Equal((false, PathVerdict.UntrustedRoot), (judged.Valid, judged.Path));

        // It opens what is wrapped to its certificate.
        var signer = await party.Client.GetSignerAsync(enterprise.CreditCode);
        Assert.True(Sm2Certificate.TryParse(signer.EncryptionCertificate, out var certificate));
        using var pcKey = SecretScalar.Random(SystemRandom.Instance);
        var wrapped = Sm2Ciphertext.Encrypt(certificate.PublicKey, new byte[16], SystemRandom.Instance);
        var project = new ProjectInfo("P-1", "某道路工程", DateTimeOffset.UnixEpoch.AddYears(50));
        var request = new DecryptionRequest(Sm2Group.MultiplyBase(pcKey.Value).Encode(), DecryptionRecipient.ThisPc, signer.EncryptionSerial, [new WrappedKey("投标文件", wrapped.ToDer())]);
        var task = DecryptionTasks.Create(request, party.Id, project)!;
        var decryption = await party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt) { Project = project, Decryption = request });
        var parts = (await DoneAsync(party, decryption)).Decryption!;
        var points = Decryption.Combine(pcKey, decryption.SessionId.ToString("D"), task, parts.PhoneParts, parts.SiloParts, SystemRandom.Instance);
        Assert.True(wrapped.TryOpen(Assert.Single(points!), out var plaintext));
        Assert.Equal(new byte[16], plaintext);
    }

    private static async Task<SessionResult> DoneAsync(RelyingParty party, OpenedSession opened)
    {
        Assert.Equal(SessionEnd.Ok, (await ScanAsync(party, Good, opened)).End);
        return (await party.Client.WaitAsync(opened.SessionId)).Result!;
    }

    /// <summary>With the code of now, on a machine that may be slow.</summary>
    private static async Task<MockScan> ScanAsync(RelyingParty party, string number, OpenedSession opened)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await party.Client.ScanWithMockPhoneAsync(number, opened.Link());
            }
            catch (ApiRefusedException stale) when (stale.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                // The next code.
            }
        }
    }
}
