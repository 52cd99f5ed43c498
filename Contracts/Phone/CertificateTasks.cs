namespace Bzt.Contracts.Phone;

/// <summary>What the holder is to confirm with the PIN; <see cref="PhoneClient.OpenTaskAsync"/> shows it, decoded from what will be signed.</summary>
/// <param name="TaskId">Names it to the certificate.</param>
/// <param name="CertificateId">Whose PIN confirms it; held on this phone.</param>
/// <param name="ExpiresAt">From then on it has to be asked for again.</param>
public sealed record CertificateTaskInfo(Guid TaskId, Guid CertificateId, DateTimeOffset ExpiresAt);

/// <summary>证书注销.</summary>
/// <param name="OperationId">The phone's; a repeat is the same question.</param>
/// <param name="Insist">The user has been shown the bids that can then never be opened, and wants it all the same.</param>
public sealed record RevocationRequest(Guid OperationId, bool Insist = false);

/// <summary>A bid encrypted to a certificate that was not opened yet.</summary>
public sealed record UnopenedBidInfo(string PlatformId, string ProjectId, string ProjectName, DateTimeOffset OpeningTime);
