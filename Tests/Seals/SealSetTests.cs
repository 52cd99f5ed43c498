using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Seals;

/// <summary>From the printed form to the enterprise's own seals, as a phone goes.</summary>
public sealed class SealSetTests
{
    private static readonly Lazy<SyntheticPaper> Sealed = new(() => new SyntheticPaper(legal: new PaperStamp(107, 236, 20, 0)));
    private static readonly TestPerson Legal = EmbeddedSystem.NextPerson();
    private static readonly Lazy<byte[]> Photo = new(() => new Shot { Turn = 3, Tint = (1, 0.94f, 0.85f) }.Take(Sealed.Value));

    [Fact, Trait("Feature", "M030"), Trait("Surface", "api")]
    public async Task The_form_is_printed_photographed_and_its_seals_become_the_enterprises()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var other = await system.RealNamedPhoneAsync();
        SealSetInfo? set = null;
        using var phone = await CertifiedPhone.ReadyAsync(system, async ready =>
        {
            // 1. The form, with what was entered and the applicant's own data, which nobody typed.
            using var folder = new TemporaryFolder();
            var form = Form(ready.Enterprise);
            var pdf = folder.Write("form.pdf", await ready.Client.GetApplicationFormAsync(form));
            var text = (await PeerProcess.Run("pdftotext", [pdf, "-"])).OrFail().Output.Replace("\n", "", StringComparison.Ordinal);
            Assert.All((string[])[ready.Enterprise.Name, ready.Enterprise.CreditCode, Legal.Name, Legal.IdNumber, ready.Phone.Person.Name, ready.Phone.Person.IdNumber, ready.Phone.Person.Phone, "宜昌公共资源电子交易平台", "湖北CA", "1年"],
                part => Assert.Contains(part, text, StringComparison.Ordinal));
            await ClaimSteps.RefusedAsync(ErrorCodes.OfferUnknown, () => ready.Client.GetApplicationFormAsync(form with { Years = 9 }));
            await ClaimSteps.RefusedAsync(ErrorCodes.CreditCodeInvalid, () => ready.Client.GetApplicationFormAsync(form with { CreditCode = "91420500MA0000000" }));
            await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => ready.Client.GetApplicationFormAsync(form with { LegalRepresentativeIdNumber = "420502199003074512" }));

            // 2. Its photo. The legal representative's seal lies outside its box: it is missing, the others are there.
            var blob = (await ready.Client.UploadBlobAsync("form", Photo.Value, "image/jpeg")).BlobId;
            set = await ready.Client.ExtractSealsAsync(blob);
            Assert.True(set is { MarksFound: true, Confirmed: false });
            var missing = Assert.Single(set.Seals, seal => seal.Fault is not null);
            Assert.Equal((SealKind.LegalRepresentative, SealFault.NotFound), (missing.Kind, missing.Fault));
            Assert.Contains("法定代表人印鉴", missing.Reason, StringComparison.Ordinal);
            Assert.InRange(set.Seals.Single(seal => seal.Kind == SealKind.Enterprise).WidthMm!.Value, 40, 41.5);
            Assert.Equal(set.SealSetId, (await ready.Client.ExtractSealsAsync(blob)).SealSetId);
            await ClaimSteps.RefusedAsync(ErrorCodes.SealsIncomplete, () => ready.Client.ConfirmSealsAsync(set.SealSetId));
            await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => ready.Client.GetSealPictureAsync(set.SealSetId, SealKind.LegalRepresentative));

            // 3. The user says where it is, looks at all three, and confirms. Nobody else sees any of it.
            set = await ready.Client.CutSealAsync(set.SealSetId, Around(SealKind.LegalRepresentative, 107, 236, 13));
            Assert.All(set.Seals, seal => Assert.Null(seal.Fault));
            foreach (var (kind, truth) in Sealed.Value.Truth)
            {
                var picture = await ready.Client.GetSealPictureAsync(set.SealSetId, kind);
                Assert.True(CutOuts.Overlap(new Grains.Seals.SealPng(picture, 0, 0), truth) > 0.6, $"{kind}");
                await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Http.GetOctetsAsync(PathOf(set.SealSetId, kind)));
            }

            set = await ready.Client.ConfirmSealsAsync(set.SealSetId);
            Assert.True(set.Confirmed);
            Assert.True((await ready.Client.ConfirmSealsAsync(set.SealSetId)).Confirmed);
            await ClaimSteps.RefusedAsync(ErrorCodes.SealsConfirmed, () => ready.Client.CutSealAsync(set.SealSetId, Around(SealKind.Enterprise, 50, 50, 10)));
            return blob;
        });

        // 4. While there is no certificate the enterprise has no seals.
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => phone.Client.GetEnterpriseSealsAsync(phone.Enterprise.CreditCode));
        Assert.IsType<DownloadOutcome.Active>(await phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin));
        var seals = await Wait.UntilAsync(() => FindAsync(phone), found => found is not null);
        Assert.Equal((1, 3), (seals!.Version, seals.Seals.Count));
        var picture = await phone.Client.GetEnterpriseSealPictureAsync(phone.Enterprise.CreditCode, SealKind.Enterprise);
        Assert.Equal(await phone.Client.GetSealPictureAsync(set!.SealSetId, SealKind.Enterprise), picture);

        // 5. A stranger gets nothing; a platform the enterprise is bound to gets what it puts on documents.
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Http.GetOctetsAsync($"/phone/v1/enterprises/{phone.Enterprise.CreditCode}/seals/enterprise"));
        var platform = await phone.PlatformAsync();
        await ClaimSteps.RefusedAsync(ErrorCodes.NotBound, () => platform.GetSealAsync(phone.Enterprise.CreditCode, SealKind.Enterprise));
        await phone.BindAsync(platform);
        var signer = await platform.GetSignerAsync(phone.Enterprise.CreditCode);
        Assert.Equal([SealKind.Enterprise, SealKind.LegalRepresentative, SealKind.Signature], signer.Seals.Select(seal => seal.Kind).Order());
        Assert.Equal(picture, await platform.GetSealAsync(phone.Enterprise.CreditCode, SealKind.Enterprise));

        // 6. All of it after a restart.
        await system.RestartAsync();
        phone.Phone.Reconnect();
        await phone.ReconnectAsync();
        Assert.Equivalent(set, await phone.Client.GetSealSetAsync(set.SealSetId));
        Assert.Equivalent(seals, await phone.Client.GetEnterpriseSealsAsync(phone.Enterprise.CreditCode));
        Assert.Equal(picture, await phone.Client.GetEnterpriseSealPictureAsync(phone.Enterprise.CreditCode, SealKind.Enterprise));
    }

    [Fact, Trait("Feature", "M030"), Trait("Surface", "api")]
    public async Task Seals_confirmed_after_the_certificate_come_to_the_enterprise_all_the_same()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await CertifiedPhone.ReadyAsync(system, async ready => (await ready.Client.UploadBlobAsync("form", Photo.Value, "image/jpeg")).BlobId);
        Assert.IsType<DownloadOutcome.Active>(await phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin));
        var blob = (await phone.Client.UploadBlobAsync("form", Photo.Value, "image/jpeg")).BlobId;
        var set = await phone.Client.ExtractSealsAsync(blob);
        await phone.Client.CutSealAsync(set.SealSetId, Around(SealKind.LegalRepresentative, 107, 236, 13));
        await phone.Client.ConfirmSealsAsync(set.SealSetId);
        Assert.Equal(1, (await Wait.UntilAsync(() => FindAsync(phone), found => found is not null))!.Version);
    }

    [Fact, Trait("Feature", "M030"), Trait("Surface", "api")]
    public async Task What_is_no_photo_of_a_form_is_refused()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await system.RealNamedPhoneAsync();
        using var other = await system.RealNamedPhoneAsync();
        var pdf = await phone.UploadAsync("form", "%PDF-1.7 no photo"u8.ToArray(), "application/pdf");
        await ClaimSteps.RefusedAsync(ErrorCodes.PhotoUnreadable, () => ExtractAsync(phone, pdf.BlobId));
        await ClaimSteps.RefusedAsync(ErrorCodes.PhotoUnreadable, () => ExtractAsync(phone, UploadAsync(Photo.Value[..5000])));
        var theirs = await other.UploadAsync("form", Photo.Value, "image/jpeg");
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobUnknown, () => ExtractAsync(phone, theirs.BlobId));
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobUnknown, () => ExtractAsync(phone, "../../etc/passwd"));
        await ClaimSteps.RefusedAsync(ErrorCodes.PhotoTooLarge, () => ExtractAsync(phone, UploadAsync(BadPhotoTests.HugePng())));

        // A file at the limit of size is taken, and is looked at.
        var large = new byte[10 * 1024 * 1024];
        Photo.Value.CopyTo(large, 0);
        var set = await ExtractAsync(phone, UploadAsync(large));
        Assert.True(set.MarksFound);
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => phone.Http.PostAsync(
            Routes.Phone.SealSetCrops.Replace("{sealSetId}", set.SealSetId.ToString(), StringComparison.Ordinal),
            new SealCropRequest(SealKind.Enterprise, [new(0, 0), new(1.5, 0), new(1, 1), new(0, 1)]), BztJson.Default.SealCropRequest, BztJson.Default.SealSetInfo));

        string UploadAsync(byte[] file) => phone.UploadAsync("form", file, "image/jpeg").GetAwaiter().GetResult().BlobId;
    }

    private static Task<SealSetInfo> ExtractAsync(TestPhone phone, string blob) =>
        phone.Http.PostAsync(Routes.Phone.SealSets, new SealSetRequest(blob), BztJson.Default.SealSetRequest, BztJson.Default.SealSetInfo);

    private static async Task<EnterpriseSealsInfo?> FindAsync(CertifiedPhone phone)
    {
        try
        {
            return await phone.Client.GetEnterpriseSealsAsync(phone.Enterprise.CreditCode);
        }
        catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }

    private static string PathOf(Guid set, SealKind kind) =>
        $"/phone/v1/seal-sets/{set}/pictures/{(kind == SealKind.LegalRepresentative ? "legal_representative" : kind.ToString().ToLowerInvariant())}";

    private static SealCropRequest Around(SealKind kind, double x, double y, double half) =>
        new(kind, [.. BadPhotoTests.Around(Photo.Value, kind, x, y, half).Corners.Select(corner => new CropCorner(corner.X, corner.Y))]);

    private static ApplicationFormRequest Form(EnterpriseInfo enterprise) =>
        new(FormPurpose.Claim, enterprise.Name, enterprise.CreditCode, Legal.Name, Legal.IdNumber, "yichang-ggzy", "hubei-ca", 1);
}
