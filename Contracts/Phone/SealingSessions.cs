using System.Globalization;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;

namespace Bzt.Contracts.Phone;

/// <summary>「建立会话（自动接收扫码请求，无需重复扫码）」: what the user ticked at a scanned request for seals.</summary>
/// <param name="SealingSessionId">The phone's; a repeat is the same session.</param>
/// <param name="CertificateId">Held on this phone; it may serve the scanned request.</param>
/// <param name="MaxDocuments">1 to <see cref="SealingBounds.MostDocuments"/>.</param>
/// <param name="Minutes">1 to <see cref="SealingBounds.MostMinutes"/>.</param>
/// <param name="Automatic">自动确认: within the bounds nothing is asked any more.</param>
public sealed record SealingSessionRequest(Guid SealingSessionId, Guid CertificateId, int MaxDocuments, int Minutes, bool Automatic);

/// <param name="OperationId">The phone's: the task the holder then confirms with the PIN goes by it.</param>
public sealed record SealingResumptionRequest(Guid OperationId);

/// <summary>A sealing session as its holder sees it.</summary>
/// <param name="SealingSessionId">Also the task that begins it (<see cref="PhoneClient.OpenTaskAsync"/>).</param>
/// <param name="CertificateId">Which signs.</param>
/// <param name="DeviceId">The phone that holds the certificate: on another one it can only be stopped.</param>
/// <param name="PlatformId">The only platform it serves.</param>
/// <param name="PlatformName">As shown.</param>
/// <param name="Project">The only project it serves.</param>
/// <param name="EnterpriseName">Whose certificate it is.</param>
/// <param name="State">Now.</param>
/// <param name="End">Set when it ended.</param>
/// <param name="Automatic">自动确认.</param>
/// <param name="MaxDocuments">份数上限.</param>
/// <param name="UsedDocuments">Signed so far.</param>
/// <param name="StartedAt">When it was asked for.</param>
/// <param name="ExpiresAt">Its end in time.</param>
/// <param name="Log">Every pushed request, oldest first.</param>
/// <param name="ServerTime">To count down with.</param>
public sealed record SealingSessionInfo(
    Guid SealingSessionId,
    Guid CertificateId,
    Guid DeviceId,
    string PlatformId,
    string PlatformName,
    ProjectInfo Project,
    string EnterpriseName,
    SealingSessionState State,
    SealingSessionEnd? End,
    bool Automatic,
    int MaxDocuments,
    int UsedDocuments,
    DateTimeOffset StartedAt,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<SealingLogEntry> Log,
    DateTimeOffset ServerTime)
{
    /// <summary>剩 N 份.</summary>
    public int RemainingDocuments => MaxDocuments - UsedDocuments;

    /// <summary>The bounds that are signed under the PIN.</summary>
    public SealingBounds Bounds => new(SealingSessionId, PlatformId, PlatformName, Project.ProjectId, Project.Name, EnterpriseName, MaxDocuments, Automatic, ExpiresAt);
}

/// <param name="SessionId">The pushed request.</param>
/// <param name="Documents">Names of the documents, from the signed bytes.</param>
/// <param name="ReceivedAt">When the PC asked.</param>
/// <param name="End">Null while it waits; <see cref="SessionEnd.Ok"/> when it was signed.</param>
/// <param name="EndedAt">When that became known.</param>
public sealed record SealingLogEntry(Guid SessionId, IReadOnlyList<string> Documents, DateTimeOffset ReceivedAt, SessionEnd? End, DateTimeOffset? EndedAt);

/// <summary>What waits for this phone in a sealing session.</summary>
/// <param name="Session">The session itself.</param>
/// <param name="Waiting">Pushed requests without an answer, oldest first.</param>
/// <param name="CommitmentsLeft">With automatic confirmation: deposited and unused at the server; 0 after its restart or a PIN entry in between.</param>
public sealed record SealingSessionRequests(SealingSessionInfo Session, IReadOnlyList<PushedRequest> Waiting, int CommitmentsLeft);

/// <param name="Request">As if it had been scanned.</param>
/// <param name="Offer">With automatic confirmation and commitments left: the encoded offer (docs/protocol.md, A2).</param>
public sealed record PushedRequest(PhoneSession Request, byte[]? Offer);

/// <summary>What is signed to begin or resume a sealing session: the same on phone and server, so that the phone signs exactly what the user ticked.</summary>
public sealed record SealingBounds(
    Guid SealingSessionId,
    string PlatformId,
    string PlatformName,
    string ProjectId,
    string ProjectName,
    string EnterpriseName,
    int MaxDocuments,
    bool Automatic,
    DateTimeOffset ExpiresAt)
{
    /// <summary>「最多 50 份」.</summary>
    public const int MostDocuments = 50;

    /// <summary>「60 分钟」.</summary>
    public const int MostMinutes = 60;

    /// <summary>Operation of the instruction that begins one.</summary>
    public const string BeginOperation = "begin-sealing-session";

    /// <summary>Operation of the instruction that resumes one.</summary>
    public const string ResumeOperation = "resume-sealing-session";

    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    /// <summary>「建立会话签章」, to be signed once under the PIN.</summary>
    public InstructionForm ToBeginning() => new(BeginOperation, "建立会话签章", Facts(), SealingSessionId, ExpiresAt);

    /// <summary>「继续会话签章」 after a pause.</summary>
    /// <param name="operation">The one resumption it is for.</param>
    public InstructionForm ToResumption(Guid operation) => new(ResumeOperation, "继续会话签章", Facts(), operation, ExpiresAt);

    private InstructionFact[] Facts() =>
    [
        new("证书持有人", EnterpriseName),
        new("交易平台", $"{PlatformName}（{PlatformId}）"),
        new("项目", $"{ProjectName}（{ProjectId}）"),
        new("范围", "仅签章，不含解密、登录、绑定"),
        new("份数上限", string.Create(CultureInfo.InvariantCulture, $"{MaxDocuments}份")),
        new("有效期至", ExpiresAt.ToOffset(Shanghai).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
        new("确认方式", Automatic ? "自动确认：范围内的签章不再逐次询问" : "逐次确认：每次签章输入PIN码"),
        new("会话编号", SealingSessionId.ToString("D")),
    ];
}
