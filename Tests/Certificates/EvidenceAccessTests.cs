using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.Certificates;

/// <summary>Who gets which part of a certificate's evidence: holder, enterprise, platform.</summary>
public sealed class EvidenceAccessTests
{
    [Fact]
    [Trait("Feature", "X15"), Trait("Surface", "api")]
    public async Task The_holder_and_the_administrator_get_the_chain_and_a_platform_its_own_sessions()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        var (opened, scanned) = await phone.BindSessionAsync(platform);

        // Nothing of a session that has not ended, has no signature, or is another platform's.
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => platform.GetEvidenceAsync(opened.SessionId));
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, CertifiedPhone.Pin));
        await platform.WaitAsync(opened.SessionId);
        var (refused, seen) = await phone.BindSessionAsync(platform);
        await phone.Client.RefuseAsync(seen.Session.SessionId);
        await platform.WaitAsync(refused.SessionId);
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => platform.GetEvidenceAsync(refused.SessionId));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => platform.GetEvidenceAsync(Guid.NewGuid()));
        using (var other = await RelyingParty.RegisterAsync(system))
        {
            await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Client.GetEvidenceAsync(opened.SessionId));
        }

        // The receipt holds under the published key, after more has been signed and after a restart; and not when a word of it is changed.
        var key = (await ChannelTrust.FetchAsync(system.Gateway)).EvidenceKey;
        await phone.BindAsync(platform);
        await system.RestartAsync();
        await phone.ReconnectAsync();
        platform = await phone.PlatformAsync();
        var receipt = await Wait.UntilAsync(() => ReceiptAsync(platform, opened.SessionId), found => found is not null);
        Assert.Equal(EvidenceFault.None, receipt!.Verify(key));
        Assert.Equal((opened.SessionId, EvidenceKind.Signed), (receipt.Entry.Request, receipt.Entry.Kind));
        Assert.Equal(CertifiedPhone.PlatformId, receipt.Entry.Facts.Single(fact => fact.Name == "platform").Value);
        Assert.Equal(EvidenceFault.HeadMismatch, (receipt with { Entry = receipt.Entry with { At = receipt.Entry.At.AddSeconds(1) } }).Verify(key));
        Assert.Equal(EvidenceFault.BadSignature, receipt.Verify(phone.Phone.Key.PublicKey));
        Assert.Equal(EvidenceFault.BadSignature, (receipt with { Head = receipt.Head with { SignedAt = receipt.Head.SignedAt.AddSeconds(1) } }).Verify(key));
        var whole = await phone.EvidenceAsync();
        Assert.Equal(EvidenceFault.None, whole.Verify(key));
        Assert.Equal(receipt.Entry.Digests, whole.Entries.Single(entry => entry.Request == opened.SessionId).Digests);

        // The administrator sees what his staff do, and staff see their own only.
        using var reviewer = await TestReviewer.LogInAsync(system);
        var (administrator, enterprise, sealing) = await Applying.AdministratorAsync(system);
        using var owned = administrator;
        using var staff = await Applying.StaffAsync(system, reviewer, administrator, enterprise, sealing);
        var held = Assert.Single(await staff.Client.GetCertificatesAsync()).CertificateId;
        Assert.Equal(EvidenceFault.None, (await Wait.UntilAsync(() => ChainAsync(administrator.Client, held), found => found is not null))!.Verify(key));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => staff.Client.GetEvidenceAsync(sealing));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => phone.Client.GetEvidenceAsync(held));
    }

    private static Task<EvidenceReceipt?> ReceiptAsync(PlatformClient platform, Guid session) => OnItsWayAsync(() => platform.GetEvidenceAsync(session));

    private static Task<EvidenceExport?> ChainAsync(PhoneClient phone, Guid certificate) => OnItsWayAsync(() => phone.GetEvidenceAsync(certificate));

    /// <summary>The newest records may be on their way to the chain.</summary>
    private static async Task<T?> OnItsWayAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.Unavailable)
        {
            return null;
        }
    }
}
