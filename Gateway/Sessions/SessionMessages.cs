using Bzt.Contracts.Platforms;
using Bzt.Gateway.Platforms;
using Bzt.Grains;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Sessions;

/// <summary>Between the JSON of the public surface and the grains' messages.</summary>
internal static class SessionMessages
{
    public const int DefaultTimeout = 300;

    /// <summary>Under a project token the project and the enterprise are the token's, whatever the request says.</summary>
    public static CreateSession ToGrain(CreateSessionRequest request, PlatformCaller caller)
    {
        var project = caller.Grant?.Project ?? request.Project;
        var enterprise = request.Enterprise;
        return new CreateSession(
            caller.Requester,
            request.Kind,
            request.Challenge,
            enterprise is null ? null : new SessionEnterprise(enterprise.Name, new CreditCode(enterprise.CreditCode)),
            caller.Grant is null ? null : new CreditCode(caller.Grant.CreditCode),
            project is null ? null : new SessionProject(project.ProjectId, project.Name, ToSeconds(project.OpeningTime)),
            [.. (request.Documents ?? []).Select(document => new SessionDocument(document.Form, document.ToBeSigned) { Seal = document.Seal })],
            request.Decryption is null ? null : ToGrain(request.Decryption),
            request.TimeoutSeconds ?? DefaultTimeout)
        {
            ReturnUrl = request.ReturnUrl,
            ReturnNonce = request.ReturnNonce,
            Visitor = request.Visitor,
            Opening = request.Opening is { } opening ? new SessionOpening(new OpeningId(opening.OpeningId), opening.Files) : null,
        };
    }

    /// <summary>What is signed counts in seconds, so does the session.</summary>
    private static DateTimeOffset ToSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static SessionDecryption ToGrain(DecryptionRequest request) => new(
        request.ToolKey,
        request.Recipient,
        request.EncryptionSerial,
        [.. request.Keys.Select(key => new SessionWrappedKey(key.Name, key.Ciphertext) { EncryptionSerial = key.EncryptionSerial })]);

    public static SessionStatus ToHttp(Guid sessionId, SessionView view) => new(
        sessionId,
        view.Kind,
        view.State,
        view.End,
        view.Outcome is { Signer: { } signer } outcome
            ? new SessionResult(
                outcome.Certificate.Value,
                new EnterpriseInfo(signer.EnterpriseName, signer.CreditCode.Value),
                signer.SigningSerial,
                signer.SigningCertificate,
                signer.EncryptionCertificate,
                signer.Chain,
                [.. outcome.Signatures.Select(signature => new DocumentSignature(signature.Form, signature.ToBeSigned, signature.Signature))],
                outcome.Decryption is { } parts ? new DecryptionResult(parts.PhoneParts, parts.SiloParts) : null)
            : null,
        view.ExpiresAt)
    {
        Disowned = view.Disowned,
        SealingSession = view.Sealing?.Value,
        AwaitsReturn = view.AwaitsReturn ? true : null,
    };

    public static Contracts.Platforms.ProjectInfo? ToHttp(SessionProject? project) =>
        project is null ? null : new ProjectInfo(project.ProjectId, project.Name, project.OpeningTime);

    public static DecryptionRequest? ToHttp(SessionDecryption? decryption) => decryption is null ? null : new DecryptionRequest(
        decryption.ToolKey,
        decryption.Recipient,
        decryption.EncryptionSerial,
        [.. decryption.Keys.Select(key => new WrappedKey(key.Name, key.Ciphertext) { EncryptionSerial = key.EncryptionSerial })]);
}
