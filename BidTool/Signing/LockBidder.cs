using Bzt.BidTool.Commands;
using Bzt.BidTool.Locks;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Documents.Certificates;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Protocol.Forms;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Signing;

/// <summary>CA锁: everything is done in this PC, nothing goes to a server. The PIN is asked once, when the key is first needed.</summary>
internal sealed class LockBidder : IBidder
{
    private readonly CaLock ca;
    private readonly LockCertificate signer;
    private readonly ToolLogin? login;
    private readonly UserInterface ui;
    private readonly TimeProvider clock;
    private bool loggedIn;

    private LockBidder(CaLock ca, LockCertificate signer, ToolLogin? login, UserInterface ui, TimeProvider clock, bool loggedIn) =>
        (this.ca, this.signer, this.login, this.ui, this.clock, this.loggedIn) = (ca, signer, login, ui, clock, loggedIn);

    public EnterpriseInfo Enterprise => new(signer.Name, signer.CreditCode!);

    public LockCertificate Certificate => signer;

    public IReadOnlyList<byte[]> Chain => ca.Chain(signer, clock.GetUtcNow());

    public SealDigest Digest => signer.Algorithm == LockAlgorithm.Sm2 ? SealDigest.Sm3 : SealDigest.Sha256;

    public byte[] EncryptionCertificate => Recipient?.Der ?? throw new ToolException(
        "lock_empty", Say("CA锁内没有可用于加密的证书（ECDSA锁只能登录和签章）", "There is no certificate for encryption on the CA lock (ECDSA locks log in and seal only)"));

    public LockCertificate? Recipient => ca.Recipient(clock.GetUtcNow());

    /// <param name="settings">Which lock.</param>
    /// <param name="login">The login there is.</param>
    /// <param name="bound">Whether what is made is for the login's tender, and so for its enterprise.</param>
    /// <param name="ui">Where the certificate that is used is said.</param>
    /// <param name="clock">Of this PC.</param>
    /// <exception cref="ToolException">No lock, several, or no certificate that is valid now: before a PIN is asked.</exception>
    public static LockBidder Open(LockSettings settings, ToolLogin? login, bool bound, UserInterface ui, TimeProvider clock)
    {
        var ca = CaLock.Open(settings);
        try
        {
            var early = !ca.ShowsCertificates;
            if (early)
            {
                ca.LogIn(PinEntry.Read(ca.Tries));
            }

            var signer = ca.Signer(clock.GetUtcNow());
            if (login is not null && login.Enterprise.CreditCode != signer.CreditCode)
            {
                login = !bound ? null : throw new ToolException("other_certificate", Say($"CA锁是“{signer.Name}”的，登录的企业是“{login.Enterprise.Name}”", $"The CA lock is of {signer.Name}, the login of {login!.Enterprise.Name}"));
            }

            return new LockBidder(ca, signer, login, ui, clock, early);
        }
        catch
        {
            ca.Dispose();
            throw;
        }
    }

    public byte[] Sign(byte[] message)
    {
        LogIn();
        return ca.Sign(signer, message);
    }

    /// <summary>The enterprise's own seals when the login reaches them; a lock without that login has none, and the round one is drawn.</summary>
    public async Task<(SealPicture Picture, double WidthMm)> FindSealAsync(SealKind kind, CancellationToken stop)
    {
        if (login is not { Token: not null })
        {
            return EnterpriseSeals.Draw(signer.Name, kind);
        }

        using var sessions = new ToolSessions(login, ui);
        return await EnterpriseSeals.FindAsync(sessions.Client, await sessions.Client.GetSignerAsync(login.Enterprise.CreditCode, stop), kind, stop);
    }

    public Uri? TimeStamps => login is null ? null : new Uri(login.Bzt, Routes.TimeStamps);

    public Task<byte[]> ElectronicSealAsync(SealKind kind, CancellationToken stop) => throw new ToolException(
        "form_unsupported", Say("国标电子印章（gm-seal）是为手机证书制作的，CA锁不能使用", "Electronic seals (gm-seal) are made for the phone's certificate: a CA lock cannot use them"));

    public async Task<byte[]> SealAsync(SealWork work, byte[] digest, DateTimeOffset time, string purpose, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (signer.Algorithm != LockAlgorithm.Sm2)
        {
            if (work.Form == SealSubFilter.Sm2Cms)
            {
                throw new ToolException("form_unsupported", Say("gm-cms 只用于SM2证书，这把锁请用 pdf 或 pades", "gm-cms is for SM2 certificates: with this lock use pdf or pades"));
            }

            var signed = LockCmsSeal.SignedAttributes(digest, signer.Der, work.DocumentName, time);
            var value = Sign(signed);
            var token = await work.StampAsync(authority => authority.StampValueAsync(LockCmsSeal.ValueOf(signer, value), stop));
            return LockCmsSeal.Assemble(signed, value, signer, Chain, token);
        }

        var toBeSigned = work.Form == SealSubFilter.Sm2Cms ? GmCmsSeal.Form(digest, work.DocumentName).Content : CmsSeal.SignedAttributes(digest, signer.Der, work.DocumentName, time);
        var signature = Sign(toBeSigned);
        var stamp = await work.StampAsync(authority => authority.StampAsync(signature, stop));
        return work.Form == SealSubFilter.Sm2Cms ? GmCmsSeal.Assemble(digest, signature, signer.Der, Chain, stamp) : CmsSeal.Assemble(toBeSigned, signature, signer.Der, Chain, stamp);
    }

    public Task<BidManifestSignature> SignAsync(BidManifestForm manifest, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return Task.FromResult(new BidManifestSignature(Sign(manifest.Content), [signer.Der, .. Chain]));
    }

    public void Dispose() => ca.Dispose();

    private void LogIn()
    {
        if (!loggedIn)
        {
            ui.Said(Say($"使用CA锁的证书：{signer.Name}（{signer.Serial}）", $"With the CA lock's certificate of {signer.Name} ({signer.Serial})"));
            ca.LogIn(PinEntry.Read(ca.Tries));
            loggedIn = true;
        }
    }
}
