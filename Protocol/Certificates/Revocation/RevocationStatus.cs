namespace Bzt.Protocol.Certificates.Revocation;

/// <summary>What a CA says about a certificate of its own.</summary>
public abstract record RevocationStatus
{
    private RevocationStatus()
    {
    }

    /// <summary>Not revoked.</summary>
    /// <param name="AsOf">The moment the CA speaks of.</param>
    /// <param name="Until">When it will have news at the latest.</param>
    /// <param name="Source">Where it said so.</param>
    public sealed record Good(DateTimeOffset AsOf, DateTimeOffset Until, RevocationSource Source) : RevocationStatus;

    /// <summary>Revoked: signatures made before that moment were made with a good certificate, if something else proves when they were made.</summary>
    /// <param name="At">Since when.</param>
    /// <param name="Reason">CRLReason of RFC 5280, 5.3.1; null when the CA gave none.</param>
    /// <param name="AsOf">The moment the CA speaks of.</param>
    /// <param name="Source">Where it said so.</param>
    public sealed record Revoked(DateTimeOffset At, int? Reason, DateTimeOffset AsOf, RevocationSource Source) : RevocationStatus;

    /// <summary>Nobody who may say so has said anything. Whether that is a refusal is the caller's decision.</summary>
    /// <param name="Why">The first trouble.</param>
    public sealed record Unknown(RevocationTrouble Why) : RevocationStatus;
}

/// <summary>Where a status comes from.</summary>
public enum RevocationSource
{
    /// <summary>An OCSP responder (RFC 6960).</summary>
    Ocsp,

    /// <summary>A revocation list (RFC 5280, 5).</summary>
    List,
}

/// <summary>Why there is no status.</summary>
public enum RevocationTrouble
{
    /// <summary>The certificate names no responder and no list.</summary>
    NoAddress,

    /// <summary>No answer, or not in time.</summary>
    Unreachable,

    /// <summary>An answer that does not parse, or is about something else.</summary>
    Malformed,

    /// <summary>The responder answered with an error (RFC 6960, 2.3).</summary>
    ResponderError,

    /// <summary>Signed by somebody who may not speak for the issuer, or not at all.</summary>
    NotAuthorised,

    /// <summary>From yesterday, or from tomorrow.</summary>
    NotFresh,

    /// <summary>The responder has never heard of the certificate.</summary>
    NotIssued,
}
