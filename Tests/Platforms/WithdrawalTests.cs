using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Bzt.Tests.Peers;
using Bzt.Tests.Seals;

namespace Bzt.Tests.Platforms;

/// <summary>扫码撤章: whoever sealed takes the seal back by scan and PIN; the statement is signed, in the evidence, and known to whoever verifies.</summary>
[Collection(PlatformSystemCollection.Name)]
public sealed class WithdrawalTests(PlatformSystem world)
{
    [Fact]
    [Trait("Feature", "X13"), Trait("Surface", "api")]
    public async Task A_seal_is_withdrawn_by_its_signer_alone_and_is_known_as_withdrawn()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        using var elsewhere = await RelyingParty.RegisterAsync(world.System, group: "another-province");
        using var phone = await CertifiedPhone.ActiveAsync(world.System);
        using var stranger = await CertifiedPhone.ActiveAsync(world.System);
        await phone.BindToAsync(party.Client);
        await stranger.BindToAsync(party.Client);
        var (seal, digest) = await SealAsync(party, phone);
        var question = new VerifyRequest { Seal = new SealToVerify(seal, digest) };
        Assert.True((await party.Client.VerifyAsync(question)).Valid);
        var request = new CreateSessionRequest(SessionKind.Withdraw) { Withdrawal = new WithdrawalRequest([.. seal, 0, 0], "报价有误，重新盖章") };

        // 1. What is no withdrawal is refused.
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.OpenAsync(request with { Withdrawal = null })));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.OpenAsync(request with { Withdrawal = request.Withdrawal! with { Reason = "" } })));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.OpenAsync(request with { Kind = SessionKind.Login, Challenge = digest })));
        Assert.Equal(ErrorCodes.DocumentRefused, await Refusal.OfAsync(() => party.Client.OpenAsync(request with { Withdrawal = request.Withdrawal! with { Seal = [1, 2, 3] } })));
        var forged = (byte[])[.. seal];
        forged[^8] ^= 1;
        Assert.Equal(ErrorCodes.DocumentRefused, await Refusal.OfAsync(() => party.Client.OpenAsync(request with { Withdrawal = request.Withdrawal! with { Seal = forged } })));

        // 2. Nobody takes back another's seal, and its signer may think better of it.
        var taken = await party.Client.OpenAsync(request);
        var scanned = await stranger.Client.ScanAsync(taken);
        Assert.Equal(ErrorCodes.CertificateNotEligible, await Refusal.OfAsync(() => stranger.Client.OpenRequestAsync(scanned, stranger.Certificate)));
        var kept = await party.Client.OpenAsync(request);
        await phone.Client.RefuseAsync((await phone.Client.ScanAsync(kept)).Session.SessionId);
        Assert.Equal(SessionEnd.Refused, (await party.Client.WaitAsync(kept.SessionId)).End);
        Assert.True((await party.Client.VerifyAsync(question)).Valid);

        // 3. The phone shows what it is about, and signs what it shows; a slip of the finger withdraws nothing.
        var opened = await party.Client.OpenAsync(request);
        using (var shown = await phone.OpenAsync(await phone.Client.ScanAsync(opened)))
        {
            var form = Assert.IsType<InstructionForm>(Assert.Single(shown.Forms));
            Assert.Equal(("withdraw-seal", "撤销签章", opened.SessionId), (form.Operation, form.Title, form.Id));
            Assert.Equal(["投标函.pdf", phone.Enterprise.Name, "报价有误，重新盖章", party.Name], [form.Facts[0].Value, form.Facts[1].Value, form.Facts[3].Value, form.Facts[4].Value]);
            Assert.IsType<PinOutcome.WrongPin>(await phone.Client.ConfirmAsync(shown, CertifiedPhone.WrongPin));
            Assert.True((await party.Client.VerifyAsync(question)).Valid);
            Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(shown, CertifiedPhone.Pin));
        }

        var status = await party.Client.WaitAsync(opened.SessionId);
        var statement = Assert.Single(status.Result!.Signatures);
        Assert.Equal((SessionEnd.Ok, SigningForms.Instruction), (status.End, statement.Form));

        // 4. Every platform is told so, with the statement, which others' programs verify; through a restart.
        for (var round = 0; round < 2; round++)
        {
            foreach (var client in new[] { party.Client, elsewhere.Client })
            {
                var result = await client.VerifyAsync(question);
                Assert.Equal((false, SignatureVerdict.Good, PathVerdict.Good), (result.Valid, result.Signature, result.Path));
                Assert.Equal("报价有误，重新盖章", result.Withdrawn!.Reason);
                Assert.Equal(statement.ToBeSigned, result.Withdrawn.Statement);
                Assert.Equal(status.Result.SigningCertificate, result.Withdrawn.Certificate);
                Assert.True(Sm2Signature.TryParseRaw(result.Withdrawn.Signature, out var signature));
                Assert.True(round > 0 || await OpenSsl.VerifySignature(result.Withdrawn.Certificate, result.Withdrawn.Statement, signature!.ToDer()));
            }

            Assert.Equal(ErrorCodes.SealWithdrawn, await Refusal.OfAsync(() => party.Client.OpenAsync(request)));
            if (round == 0)
            {
                var receipt = await Applications.Wait.UntilAsync(() => EvidenceAsync(party, opened.SessionId), found => found is not null);
                Assert.True(Sm2Certificate.TryParse(status.Result.SigningCertificate, out var certificate));
                Assert.Contains(receipt!.Entry.Digests, known => known.AsSpan().SequenceEqual(Sm2Signature.Digest(certificate.PublicKey, statement.ToBeSigned)));
                await world.RestartAsync(party, elsewhere);
            }
        }

        // Another seal of the same enterprise stands.
        await phone.ReconnectAsync();
        var (another, anotherDigest) = await SealAsync(party, phone);
        var other = await party.Client.VerifyAsync(new VerifyRequest { Seal = new SealToVerify(another, anotherDigest) });
        Assert.Equal((true, null), (other.Valid, other.Withdrawn));
    }

    private static async Task<EvidenceReceipt?> EvidenceAsync(RelyingParty party, Guid session)
    {
        try
        {
            return await party.Client.GetEvidenceAsync(session);
        }
        catch (ApiRefusedException refused) when (refused.Code is ErrorCodes.Unavailable or ErrorCodes.NotFound)
        {
            // On its way to the chain.
            return null;
        }
    }

    private async Task<(byte[] Contents, byte[] Digest)> SealAsync(RelyingParty party, CertifiedPhone phone)
    {
        var signer = await party.Client.GetSignerAsync(phone.Enterprise.CreditCode);
        var time = world.System.Clock.GetUtcNow();
        var pdf = PdfSealer.Prepare(await TestPapers.Maker.AuthorisationLetterAsync(TestPapers.Letter()), [], new SignatureFieldInfo(time, phone.Enterprise.Name));
        var attributes = CmsSeal.SignedAttributes(pdf.Sm3Digest, signer.SigningCertificate, "投标函.pdf", time);
        var opened = await party.Client.OpenAsync(new CreateSessionRequest(SessionKind.Seal) { Documents = [new DocumentRequest(SigningForms.CmsPdf, attributes)] });
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(opened));
        var result = (await party.Client.WaitAsync(opened.SessionId)).Result!;
        return (CmsSeal.Assemble(attributes, result.Signatures[0].Signature, signer.SigningCertificate, signer.Chain), pdf.Sm3Digest);
    }
}
