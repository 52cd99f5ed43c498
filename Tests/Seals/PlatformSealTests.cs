using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Grains;
using Bzt.Grains.Seals;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Peers;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.Seals;

/// <summary>扫码签章 at a platform that puts on whichever of the enterprise's seals the signer chose.</summary>
public sealed class PlatformSealTests
{
    private static readonly (SealKind Kind, double WidthMm)[] Kinds = [(SealKind.Enterprise, 41), (SealKind.LegalRepresentative, 22), (SealKind.Signature, 38)];

    [Fact, Trait("Feature", "M065"), Trait("Surface", "api")]
    public async Task The_signer_chooses_among_the_enterprises_seals()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var folder = new TemporaryFolder();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var code = phone.Enterprise.CreditCode;
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);

        // 1. Before it has seals it has none to choose from.
        Assert.Empty((await platform.GetSignerAsync(code)).Seals);
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => platform.GetSealAsync(code, SealKind.Enterprise));
        await GiveAsync(system, phone);
        var signer = await platform.GetSignerAsync(code);
        Assert.Equal(Kinds, signer.Seals.Select(seal => (seal.Kind, seal.WidthMm)));

        // 2. Three documents, a seal of another kind on each.
        var (time, letter) = (system.Clock.GetUtcNow(), await TestPapers.Maker.AuthorisationLetterAsync(TestPapers.Letter()));
        var prepared = new List<(PreparedPdf Pdf, byte[] Attributes)>();
        foreach (var (kind, width) in Kinds)
        {
            Assert.True(SealPicture.TryDecode(await platform.GetSealAsync(code, kind), out var picture));
            var pdf = PdfSealer.Prepare(letter, [new SealAppearance(1, 120, 200, width, picture!)], new SignatureFieldInfo(time, phone.Enterprise.Name));
            prepared.Add((pdf, CmsSeal.SignedAttributes(pdf.Sm3Digest, signer.SigningCertificate, $"{kind}.pdf", time)));
        }

        var request = new CreateSessionRequest(SessionKind.Seal) { Documents = [.. prepared.Select(document => new DocumentRequest(SigningForms.CmsPdf, document.Attributes))], TimeoutSeconds = 600 };

        // 3. Refused on the phone, nothing is sealed; a wrong PIN and a restart only delay it.
        var refused = await platform.OpenAsync(request);
        await phone.Client.RefuseAsync((await phone.Client.ScanAsync(refused)).Session.SessionId);
        var ended = await platform.WaitAsync(refused.SessionId);
        Assert.Equal(SessionEnd.Refused, ended.End);
        Assert.Null(ended.Result);
        var opened = await platform.OpenAsync(request);
        await system.RestartAsync();
        phone.Phone.Reconnect();
        await phone.ReconnectAsync();
        platform = await phone.PlatformAsync();
        Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(await phone.Client.ScanAsync(opened), CertifiedPhone.WrongPin));
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(await phone.Client.ScanAsync(opened), CertifiedPhone.Pin));
        var status = await platform.WaitAsync(opened.SessionId);
        Assert.Equal(SessionEnd.Ok, status.End);

        // 4. Each bears its own seal, and PDFBox verifies all three.
        for (var i = 0; i < Kinds.Length; i++)
        {
            var done = PdfSealer.Complete(prepared[i].Pdf.Pdf, CmsSeal.Assemble(prepared[i].Attributes, status.Result!.Signatures[i].Signature, signer.SigningCertificate, signer.Chain));
            var seal = Assert.Single((await PdfBox.Verify(folder.Write($"{i}.pdf", done))).Seals);
            Assert.True(seal is { Good: true, CoversWholeFile: true }, seal.ToString());
            Assert.Contains(phone.Enterprise.Name, seal.Subject, StringComparison.Ordinal);
        }
    }

    private static async Task GiveAsync(EmbeddedSystem system, CertifiedPhone phone)
    {
        var blob = (await phone.Client.UploadBlobAsync("form", SyntheticPaper.SealPng(), "image/png")).BlobId;
        await system.Grains.EnterpriseSeals(new CreditCode(phone.Enterprise.CreditCode)).Receive(new GiveSeals(
            Guid.NewGuid(), default, new UserId(phone.Phone.Login!.UserId), system.Clock.GetUtcNow(), [.. Kinds.Select(seal => new SealFacts(seal.Kind, blob, seal.WidthMm, seal.WidthMm))]));
    }
}
