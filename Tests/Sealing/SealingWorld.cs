using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.Sealing;

/// <summary>What a PC has sealed in a project, and the phone beside it.</summary>
internal static class SealingWorld
{
    public static readonly ProjectInfo Project = new("YC-2031", "滨江路改造", new DateTimeOffset(2041, 1, 1, 1, 30, 0, TimeSpan.Zero));

    public static CreateSessionRequest ToSeal(params string[] names) => new(SessionKind.Seal)
    {
        Project = Project,
        Documents = [.. names.Select(name => new DocumentRequest(
            SigningForms.CmsPdf, new CmsPdfForm(name, RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32), null).Content))],
    };

    /// <summary>A further request of the PC, pushed in the session.</summary>
    public static CreateSessionRequest In(this CreateSessionRequest request, Guid sealing) => request with { UseSealingSession = sealing };

    /// <summary>A request for a seal, scanned and opened, with the session ticked.</summary>
    public static async Task<(OpenedSession Opened, OpenedRequest Request, SealingSessionRequest Wish)> TickAsync(
        this CertifiedPhone phone, PlatformClient platform, bool automatic, int documents = 50, int minutes = 60)
    {
        var opened = await platform.OpenAsync(ToSeal("投标函.pdf"));
        var request = await phone.OpenAsync(await phone.Client.ScanAsync(opened));
        return (opened, request, new SealingSessionRequest(Guid.CreateVersion7(), phone.Certificate, documents, minutes, automatic));
    }

    /// <summary>A session as it begins: one scan, one PIN entry.</summary>
    public static async Task<SealingSessionInfo> BeginAsync(this CertifiedPhone phone, PlatformClient platform, bool automatic = true, int documents = 50, int minutes = 60)
    {
        var (opened, request, wish) = await phone.TickAsync(platform, automatic, documents, minutes);
        using (request)
        {
            var confirmation = await phone.Client.ConfirmWithSealingSessionAsync(request, wish, CertifiedPhone.Pin);
            Assert.IsType<PinOutcome.Done>(confirmation.Request);
            Assert.IsType<PinOutcome.Done>(confirmation.Session);
            Assert.Equal(SealingSessionState.Running, confirmation.Info.State);
            var status = await platform.WaitAsync(opened.SessionId);
            Assert.Equal((SessionEnd.Ok, wish.SealingSessionId), (status.End, status.SealingSession));
            return confirmation.Info;
        }
    }

    /// <summary>The PC's request, once it has ended well: each of its documents has a signature that verifies.</summary>
    public static async Task<SessionResult> SealedAsync(this PlatformClient platform, Guid session)
    {
        var status = await platform.WaitAsync(session);
        Assert.Equal(SessionEnd.Ok, status.End);
        Assert.True(Sm2Certificate.TryParse(status.Result!.SigningCertificate, out var certificate));
        Assert.All(status.Result.Signatures, signature =>
        {
            Assert.True(Sm2Signature.TryParseRaw(signature.Signature, out var parsed));
            Assert.True(parsed!.Verify(certificate.PublicKey, Sm2Signature.Digest(certificate.PublicKey, signature.ToBeSigned)));
        });
        return status.Result;
    }
}
