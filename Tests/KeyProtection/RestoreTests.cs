using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Wire;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;

namespace Bzt.Tests.KeyProtection;

/// <summary>A backup taken under work, work after it, and the backup in a new folder: who goes on, who cannot, and what tells it from a copy.</summary>
public sealed class RestoreTests
{
    [Fact]
    [Trait("Feature", "X25"), Trait("Surface", "operator")]
    public async Task An_older_store_is_told_apart_from_a_copy_by_the_operators_word_alone()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var quiet = await CertifiedPhone.ActiveAsync(system);
        using var busy = await CertifiedPhone.ActiveAsync(system);
        Dictionary<string, string> settings = new() { ["Storage:DataFolder"] = system.DataFolder, ["Protection:RootKeyFile"] = system.RootKeyFile };
        using var elsewhere = new TempFolder();
        var backup = elsewhere.File("backup");
        Assert.Contains("has the database", await SiloCommand.RunAsync(settings, "backup", backup), StringComparison.Ordinal);
        Assert.Contains("not empty", await SiloCommand.RefusedAsync(settings, "backup", backup), StringComparison.Ordinal);
        Assert.Contains("Another process", await SiloCommand.RefusedAsync(settings, "restored"), StringComparison.Ordinal);

        // After the backup one phone signs, the other does not.
        var lost = await SignAsync(busy);
        await system.StopAsync();
        Directory.Delete(system.DataFolder, recursive: true);
        Directory.Move(backup, system.DataFolder);
        await system.RestartAsync();
        await ReconnectAsync(quiet, busy);

        // Nobody said that it is a backup: the phone that is ahead is refused, and nothing is decided. The operator may still find the newer store.
        Assert.Equal(new PinOutcome.Failed(nameof(SiloBehind)), await TrySignAsync(busy));
        Assert.Equal((CertificateState.Active, 5), await StandsAsync(busy));

        // It is declared: that phone's certificate ends, its holder is told why and what to do; it is no copy.
        await system.StopAsync();
        Assert.Contains("Restore 1", await SiloCommand.RunAsync(settings, "restored"), StringComparison.Ordinal);
        await system.RestartAsync();
        await ReconnectAsync(quiet, busy);
        Assert.IsType<PinOutcome.Frozen>(await TrySignAsync(busy));
        Assert.Equal(CertificateState.Frozen, (await StandsAsync(busy)).State);
        var certificate = await busy.Client.GetCertificateAsync(busy.Certificate);
        Assert.Equal(RemedyKind.Recovery, certificate.Remedy?.Kind);
        var told = await Wait.UntilAsync(() => busy.Client.GetInboxAsync(), inbox => inbox.Messages.Any(message => message.Kind == MessageKind.CertificateFrozen));
        Assert.Contains("备份", told.Messages.First(message => message.Kind == MessageKind.CertificateFrozen).Body, StringComparison.Ordinal);

        // The other goes on as if nothing had been. No nonce of the lost time comes again: both sign, under nonces that differ.
        var first = await SignAsync(quiet);
        var second = await SignAsync(quiet);
        Assert.Equal(3, ((IEnumerable<byte[]>)[lost, first, second]).Select(signature => Convert.ToHexString(signature.AsSpan(0, 32))).Distinct().Count());

        // And stays so: neither a restart nor the declaration counts twice.
        await system.RestartAsync();
        await ReconnectAsync(quiet, busy);
        await SignAsync(quiet);
        Assert.IsType<PinOutcome.Frozen>(await TrySignAsync(busy));
        Assert.Equal((CertificateState.Active, 5), await StandsAsync(quiet));
        var evidence = await Wait.UntilAsync(() => quiet.Client.GetEvidenceAsync(quiet.Certificate), export => export.Verify(export.EvidenceKey) is EvidenceFault.None);
        Assert.Equal(3, evidence.Entries.Count(entry => entry.Kind is EvidenceKind.Signed));
    }

    /// <summary>An objection of after the backup is gone with it. What it stopped does not go on: it is asked for again, under everybody's eyes.</summary>
    [Fact]
    [Trait("Feature", "X25"), Trait("Surface", "operator")]
    public async Task A_pin_reset_of_before_the_backup_ends_with_the_declared_restore()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        Dictionary<string, string> settings = new() { ["Storage:DataFolder"] = system.DataFolder, ["Protection:RootKeyFile"] = system.RootKeyFile };
        using var elsewhere = new TempFolder();
        var backup = elsewhere.File("backup");
        var asked = await phone.AskResetAsync();
        await SiloCommand.RunAsync(settings, "backup", backup);
        await phone.Client.StopPinResetAsync(phone.Certificate);
        await system.StopAsync();
        Directory.Delete(system.DataFolder, recursive: true);
        Directory.Move(backup, system.DataFolder);
        Assert.Contains("Restore 1", await SiloCommand.RunAsync(settings, "restored"), StringComparison.Ordinal);
        await system.RestartAsync();
        phone.Phone.Reconnect();
        await ReconnectAsync(phone);

        // The wait is over, and nobody has looked at it before the phone comes for the deposit.
        system.Clock.Advance(TimeSpan.FromHours(25));
        Assert.IsType<PinOutcome.ResetUnavailable>(await phone.Client.ResetPinAsync(phone.Certificate, "604817"));
        Assert.Equal((asked.OperationId, PinResetPhase.Overtaken), await PhaseAsync(phone));
        var told = await Wait.UntilAsync(() => phone.Client.GetInboxAsync(), inbox => inbox.Messages.Any(message => message.Title == "PIN码重置申请已失效"));
        Assert.Contains("请重新申请", told.Messages.First(message => message.Title == "PIN码重置申请已失效").Body, StringComparison.Ordinal);

        // Asked for again it goes its whole way.
        var again = await phone.AskResetAsync();
        Assert.Equal((again.OperationId, PinResetPhase.Waiting), await PhaseAsync(phone));
        Assert.IsType<PinOutcome.ResetUnavailable>(await phone.Client.ResetPinAsync(phone.Certificate, "604817"));
        system.Clock.Advance(TimeSpan.FromHours(24));
        Assert.IsType<PinOutcome.Done>(await phone.Client.ResetPinAsync(phone.Certificate, "604817"));

        static async Task<(Guid, PinResetPhase)> PhaseAsync(CertifiedPhone phone) =>
            await phone.Client.GetPinResetAsync(phone.Certificate) is var reset ? (reset.OperationId, reset.Phase) : default;
    }

    private static async Task ReconnectAsync(params CertifiedPhone[] phones)
    {
        foreach (var phone in phones)
        {
            await phone.ReconnectAsync();
        }
    }

    private static async Task<(CertificateState State, int? TriesLeft)> StandsAsync(CertifiedPhone phone)
    {
        var certificate = await phone.Client.GetCertificateAsync(phone.Certificate);
        return (certificate.State, certificate.TriesLeft);
    }

    /// <summary>A session of the platform, confirmed; the signature.</summary>
    private static async Task<byte[]> SignAsync(CertifiedPhone phone)
    {
        var platform = await phone.PlatformAsync();
        var (session, scanned) = await phone.BindSessionAsync(platform);
        using var request = Assert.IsType<RequestOpening.Opened>(await phone.Client.OpenRequestAsync(scanned, phone.Certificate)).Request;
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        return Assert.Single((await platform.WaitAsync(session.SessionId)).Result!.Signatures).Signature;
    }

    /// <summary>What the phone is told when it opens a session's request.</summary>
    private static async Task<PinOutcome?> TrySignAsync(CertifiedPhone phone)
    {
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        return (await phone.Client.OpenRequestAsync(scanned, phone.Certificate) as RequestOpening.NotOpened)?.Reason;
    }
}
