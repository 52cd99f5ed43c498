namespace Bzt.Grains.Certificates;

/// <summary>
/// What a certificate has to have done at its CA while it goes on serving: a queue of its own, so that a CA that is away holds up nothing else
/// the certificate has to tell. Key: the certificate's id.
/// </summary>
[Alias("bzt.ICertificateErrand")]
public interface ICertificateErrandGrain : IGrainWithGuidKey
{
    /// <summary>Takes it; idempotent by its sequence. Done in order, again and again until the CA has answered.</summary>
    [Alias("run")]
    Task Run(CertificateErrand errand);
}

/// <param name="Sequence">Of the certificate's outbox.</param>
/// <param name="Kind">The outbox handler that does it.</param>
/// <param name="Target">In that handler's terms.</param>
/// <param name="Payload">JSON.</param>
[GenerateSerializer, Immutable, Alias("bzt.CertificateErrand")]
public sealed record CertificateErrand(
    [property: Id(0)] long Sequence, [property: Id(1)] string Kind, [property: Id(2)] string Target, [property: Id(3)] string Payload);
