using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.Sessions;

// One certificate works for a session: two that both signed would leave a signature in evidence that nobody was given.
internal sealed partial class QrSessionGrain
{
    /// <summary>More than a certificate needs to answer; it may also be waiting for this very session.</summary>
    private static readonly TimeSpan LongestRelinquishing = TimeSpan.FromSeconds(2);

    /// <summary>The certificate that got the work last; in memory, as the scan is.</summary>
    private SessionSigner? named;

    /// <summary>
    /// An activation before this one may have named a certificate, and nobody here knows which: naming it durably would be a third write that a
    /// signature waits for. So every other one of the user's is asked.
    /// </summary>
    private bool inherited;

    /// <summary>Names the certificate that works for it from here on. False while another one does that will not let go.</summary>
    private async Task<bool> Name(SessionSigner signer)
    {
        var session = new SessionId(this.GetPrimaryKey());
        IReadOnlyList<CertificateId> before = named is { } last ? [last.Certificate]
            : inherited ? await GrainFactory.Holder(signer.User).GetCertificates()
            : [];
        var asked = before.Where(other => other != signer.Certificate).Select(other => LetsGo(other, session)).ToArray();
        try
        {
            // Bounded, since it may be about to sign and wait for this turn: then it has the session, and not the one that asks now.
            if ((await Task.WhenAll(asked).WaitAsync(LongestRelinquishing, clock)).Contains(false))
            {
                return false;
            }
        }
        catch (TimeoutException)
        {
            return false;
        }

        // A confirmation of one that has let go is none any more.
        if (named?.Certificate != signer.Certificate && confirmingSince is not null)
        {
            confirmingSince = null;
            Wake();
        }

        (named, inherited) = (signer, false);
        return true;
    }

    /// <summary>
    /// Whether that certificate signs nothing of it any more. Nobody reads a row that is not readable: no activation is there that could sign, and what one may have
    /// stored before is delivered by nobody. Mended later, it finds the session named to another, or ended. Anything else that fails is not known, and passes.
    /// </summary>
    private async Task<bool> LetsGo(CertificateId certificate, SessionId session)
    {
        try
        {
            return await GrainFactory.Certificate(certificate).Relinquish(session);
        }
        catch (StateUnreadableException exception)
        {
            LogUnreadable(exception, session, certificate);
            return true;
        }
    }

    [LoggerMessage(LogLevel.Error, "Session {Session} goes on without the word of certificate {Certificate}, whose row cannot be read")]
    private partial void LogUnreadable(Exception exception, SessionId session, CertificateId certificate);
}
