namespace Bzt.Grains.Certificates;

/// <summary>Something the holder confirms with his PIN for the service itself: an instruction, a letter to be sealed.</summary>
/// <param name="Id">The asker's; names the request to the phone and makes everything about it idempotent.</param>
/// <param name="Kind">The kind of outbox item, and so the handler, that is told of the signature.</param>
/// <param name="Target">Whom that handler tells, in its own terms.</param>
/// <param name="Documents">1 to 16; what the user sees is decoded from them.</param>
/// <param name="ExpiresAt">From then on it cannot be signed any more.</param>
[GenerateSerializer, Immutable, Alias("bzt.CertificateTask")]
public sealed record CertificateTask(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Kind,
    [property: Id(2)] string Target,
    [property: Id(3)] IReadOnlyList<TaskDocument> Documents,
    [property: Id(4)] DateTimeOffset ExpiresAt);

/// <param name="Form">A name of <c>SigningForms</c>.</param>
/// <param name="ToBeSigned">The form's content.</param>
[GenerateSerializer, Immutable, Alias("bzt.TaskDocument")]
public sealed record TaskDocument([property: Id(0)] string Form, [property: Id(1)] byte[] ToBeSigned);

/// <summary>The payload the asker's handler gets, at least once.</summary>
/// <param name="Id">Of the task.</param>
/// <param name="Certificate">Which signed.</param>
/// <param name="Holder">Who confirmed.</param>
/// <param name="Signatures">r ‖ s, 64 octets each, in the order of the documents; verified.</param>
/// <param name="SigningCertificate">DER.</param>
/// <param name="At">When.</param>
[GenerateSerializer, Immutable, Alias("bzt.TaskSigned")]
public sealed record TaskSigned(
    [property: Id(0)] Guid Id,
    [property: Id(1)] CertificateId Certificate,
    [property: Id(2)] UserId Holder,
    [property: Id(3)] IReadOnlyList<byte[]> Signatures,
    [property: Id(4)] byte[] SigningCertificate,
    [property: Id(5)] DateTimeOffset At);
