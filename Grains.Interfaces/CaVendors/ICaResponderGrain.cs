namespace Bzt.Grains.CaVendors;

/// <summary>The OCSP responder of a CA that runs inside, keyed by <see cref="CaId"/> (RFC 6960). As many as there are requests.</summary>
[Alias("bzt.ICaResponder")]
public interface ICaResponderGrain : IGrainWithStringKey
{
    /// <param name="request">OCSPRequest, DER.</param>
    [Alias("answer")]
    Task<OcspAnswer> Answer(byte[] request);
}

/// <param name="Response">OCSPResponse, DER; of an error too.</param>
/// <param name="GoodUntil">The nextUpdate within; null when it must not be kept: an error, or an answer to somebody's nonce.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.ocsp-answer")]
public sealed record OcspAnswer([property: Id(0)] byte[] Response, [property: Id(1)] DateTimeOffset? GoodUntil);
