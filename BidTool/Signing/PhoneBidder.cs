using Bzt.BidTool.Commands;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Signing;

/// <summary>扫码认证: every confirmation is a session whose QR the phone scans, or that reaches it in a sealing session.</summary>
internal sealed class PhoneBidder : IBidder
{
    private readonly ToolLogin login;
    private readonly ToolSessions sessions;
    private readonly ToolSealing? sealing;
    private readonly SignerInfo info;
    private readonly SignerCertificate signer;

    private PhoneBidder(ToolLogin login, ToolSessions sessions, ToolSealing? sealing, SignerInfo info, SignerCertificate signer) =>
        (this.login, this.sessions, this.sealing, this.info, this.signer) = (login, sessions, sealing, info, signer);

    public EnterpriseInfo Enterprise => info.Enterprise;

    public SealDigest Digest => SealDigest.Sm3;

    public byte[] EncryptionCertificate => signer.EncryptionCertificate;

    /// <param name="profile">The login.</param>
    /// <param name="ui">Where QRs are shown.</param>
    /// <param name="wanted">What is to be confirmed, and perhaps with which certificate.</param>
    /// <param name="inSession">会话签章: seals need no scan after the first.</param>
    /// <param name="stop">Interrupts.</param>
    public static async Task<PhoneBidder> CreateAsync(LoginProfile profile, UserInterface ui, WantedCertificate wanted, bool inSession, CancellationToken stop)
    {
        var login = profile.Load();
        var sessions = new ToolSessions(login, ui);
        try
        {
            var info = await sessions.Client.GetSignerAsync(login.Enterprise.CreditCode, stop);
            return new PhoneBidder(login, sessions, inSession ? new ToolSealing(sessions, profile, login, ui) : null, info, wanted.Choose(info, ui));
        }
        catch
        {
            sessions.Dispose();
            throw;
        }
    }

    public Task<(SealPicture Picture, double WidthMm)> FindSealAsync(SealKind kind, CancellationToken stop) => EnterpriseSeals.FindAsync(sessions.Client, info, kind, stop);

    public Uri? TimeStamps => new(login.Bzt, Routes.TimeStamps);

    /// <summary>Nobody vouches for a seal that was drawn.</summary>
    public async Task<byte[]> ElectronicSealAsync(SealKind kind, CancellationToken stop)
    {
        try
        {
            return await sessions.Client.GetElectronicSealAsync(info.Enterprise.CreditCode, kind, signer.SigningSerial, stop);
        }
        catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.NotFound)
        {
            throw EnterpriseSeals.Missing();
        }
    }

    public async Task<byte[]> SealAsync(SealWork work, byte[] digest, DateTimeOffset time, string purpose, CancellationToken stop)
    {
        var document = work.Form switch
        {
            SealSubFilter.Sm2Cms => new DocumentRequest(SigningForms.GmPdf, GmCmsSeal.Form(digest, work.DocumentName).Content),
            SealSubFilter.Sm2Seal => new(SigningForms.Ses, SesSeal.Form(work.ElectronicSeal, digest, work.DocumentName, time).Content),
            _ => new(SigningForms.CmsPdf, CmsSeal.SignedAttributes(digest, signer.SigningCertificate, work.DocumentName, time)),
        };
        var request = new CreateSessionRequest(SessionKind.Seal) { Documents = [document] };
        var shown = Say($"扫码签章：{purpose}", $"Scan to seal: {purpose}");
        var (_, result) = await (sealing?.RunAsync(request, shown, stop) ?? sessions.RunAsync(request, shown, null, null, stop));
        if (result.SigningSerial != signer.SigningSerial)
        {
            throw OtherCertificate();
        }

        var signature = result.Signatures[0].Signature;
        var stamp = await work.StampAsync(authority => authority.StampAsync(signature, stop));
        return work.Form switch
        {
            SealSubFilter.Sm2Cms => GmCmsSeal.Assemble(digest, signature, signer.SigningCertificate, signer.Chain, stamp),
            SealSubFilter.Sm2Seal => SesSeal.Assemble(document.ToBeSigned, signature, signer.SigningCertificate, stamp),
            _ => CmsSeal.Assemble(document.ToBeSigned, signature, signer.SigningCertificate, signer.Chain, stamp),
        };
    }

    public async Task<BidManifestSignature> SignAsync(BidManifestForm manifest, CancellationToken stop)
    {
        var (_, result) = await sessions.RunAsync(
            new CreateSessionRequest(SessionKind.Encrypt) { Project = login.Project, Documents = [new DocumentRequest(SigningForms.BidManifest, manifest.Content)] },
            Say($"扫码生成：{login.Project.Name}", $"Scan to generate: {login.Project.Name}"), null, null, stop);

        // Whoever confirms it opens it: the service sees to that, and a bid that nobody could open is not made whoever failed to.
        if (!Sm2Certificate.TryParse(result.EncryptionCertificate, out var recipient) || !manifest.Recipients.Contains(recipient.Serial, StringComparer.OrdinalIgnoreCase))
        {
            throw OtherCertificate();
        }

        return new BidManifestSignature(result.Signatures[0].Signature, [result.SigningCertificate, .. result.Chain]);
    }

    public void Dispose() => sessions.Dispose();

    private ToolException OtherCertificate() => new("other_certificate", Say(
        $"手机使用了另一张证书，请用序列号为 {signer.SigningSerial} 的证书，或用 --certificate 指定", $"The phone used another certificate: use the one of serial {signer.SigningSerial}, or name one with --certificate"));
}
