using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Protocol.Certificates;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>One seal by the document, which lies here, and by the service, where it was asked.</summary>
internal sealed record SealVerdict(PdfSealReport Seal, VerifyResult? Service)
{
    public string Title => $"{Seal.FieldName}  {Judge().Verdict}  {Seal.Signer}";

    public bool Valid =>
        Seal is { Withdrawn: null, State: SealState.Intact, Coverage: SealCoverage.WholeDocument or SealCoverage.LaterSeals }
        && (Service?.Valid ?? (Seal.Path.IsTrusted && Seal.Seal is null or { IsTrusted: true }));

    /// <summary>What a person reads, the most important first.</summary>
    public IEnumerable<(string Name, string Value)> InWords()
    {
        if (Judge().Why is { } why)
        {
            yield return (Say("原因", "Why"), why);
        }

        if (Seal.State is SealState.Malformed or SealState.Unsupported)
        {
            yield break;
        }

        yield return (Say("文件", "Document"), Seal.Coverage switch
        {
            SealCoverage.WholeDocument => Say("签章后未改动", "unchanged since"),
            SealCoverage.LaterSeals when Seal.LaterSeals.Count == 0 => Say("签章后未改动，只附加了不显示的声明", "unchanged since, but for a statement nobody shows"),
            SealCoverage.LaterSeals => Say($"签章后只加盖了其他印章：{string.Join('、', Seal.LaterSeals)}", $"only further seals since: {string.Join(", ", Seal.LaterSeals)}"),
            SealCoverage.ChangedSince => Say($"签章后有改动：{string.Join('、', Seal.Changes)}", $"changed since: {string.Join(", ", Seal.Changes)}"),
            _ => Say("内容与签章时不同", "not what was sealed"),
        });
        yield return (Say("时间", "Time"), Time());
        yield return (Say("证书", "Certificate"), Certificate());
        if (Seal.Seal is { } electronic)
        {
            yield return (Say("电子印章", "Electronic seal"), Say(
                $"{electronic.Name}（{electronic.Id}），制章者 {electronic.Maker}{(Service?.ElectronicSeal?.Good ?? electronic.IsTrusted ? "" : "，不受信任或已过有效期")}",
                $"{electronic.Name} ({electronic.Id}), made by {electronic.Maker}{(Service?.ElectronicSeal?.Good ?? electronic.IsTrusted ? "" : ", not trusted or out of its time")}"));
        }

        if (Seal.DocumentName is { Length: > 0 } name)
        {
            yield return (Say("签章时的文件名", "Name when sealed"), name);
        }

        if (Seal.Reason is { Length: > 0 } reason)
        {
            yield return (Say("事由", "Reason"), reason);
        }

        yield return (Say("格式", "Form"), Seal.SubFilter);
    }

    /// <summary>The same for programs.</summary>
    public Dictionary<string, object?> Facts() => new()
    {
        ["field"] = Seal.FieldName,
        ["valid"] = Valid,
        ["state"] = Snake(Seal.State),
        ["coverage"] = Snake(Seal.Coverage),
        ["form"] = Seal.SubFilter,
        ["signer"] = Seal.Signer,
        ["signedAt"] = Seal.SignedAt,
        ["documentName"] = Seal.DocumentName,
        ["reason"] = Seal.Reason,
        ["path"] = Service is { } judged ? Snake(judged.Path) : Snake(Seal.Path.Fault),
        ["authority"] = Service?.Authority?.Name,
        ["revocation"] = Service?.Revocation is { } revocation ? Snake(revocation.Status) : null,
        ["timeStamp"] = Seal.TimeStamp is { } stamp ? new { time = stamp.Time, authority = stamp.Authority, trusted = StampTrusted } : null,
        ["electronicSeal"] = Seal.Seal is { } electronic ? new { id = electronic.Id, name = electronic.Name, maker = electronic.Maker, trusted = Service?.ElectronicSeal?.Good ?? electronic.IsTrusted } : null,
        ["withdrawn"] = Service?.Withdrawn is { } withdrawn ? new { at = (DateTimeOffset?)withdrawn.At, reason = withdrawn.Reason }
            : Seal.Withdrawn is { } reason ? new { at = (DateTimeOffset?)null, reason } : null,
        ["laterSeals"] = Seal.LaterSeals,
        ["changes"] = Seal.Changes,
        ["detail"] = Seal.Detail,
    };

    private bool StampTrusted => Service?.TimeStamp?.Good ?? Seal.TimeStamp is { IsTrusted: true };

    /// <summary>In one word and, where there is more to say, why. What only lacks somebody's word is not called invalid.</summary>
    private (string Verdict, string? Why) Judge() => Seal.State switch
    {
        SealState.Altered => Invalid(Say("签章后文件内容被改动", "the content was changed after it was sealed")),
        SealState.BadSignature => Invalid(Say("签名不是该证书的", "the signature is not the certificate's")),
        SealState.Malformed => Invalid(Say("签章结构损坏或没有覆盖文件", "the seal is broken, or does not cover the file")),
        SealState.Unsupported => Unconfirmed(Say("不支持的签章格式", "an unknown form")),
        _ when Seal.Coverage == SealCoverage.ChangedSince => Invalid(Say("签章后文件有改动", "the file was changed after it was sealed")),
        _ when Service?.Withdrawn is { } withdrawn => Withdrawn(Say($"{Local(withdrawn.At)}，{withdrawn.Reason}", $"{Local(withdrawn.At)}: {withdrawn.Reason}")),
        _ when Seal.Withdrawn is { } reason => Withdrawn(Say($"{reason}（文件内的撤章声明）", $"{reason} (statement in the file)")),
        _ when Valid => (Say("有效", "valid"), null),
        _ when Path == PathVerdict.NotValidThen => Invalid(Say("签章时证书不在有效期内", "the certificate was not valid when it sealed")),
        _ when Path == PathVerdict.NotForSigning => Invalid(Say("不是签名证书", "the certificate is not for signing")),
        _ when Path is PathVerdict.BrokenLink or PathVerdict.NotAuthority => Invalid(Say("证书不是其颁发者签发的", "the certificate was not issued by who it names")),
        _ when Service is { Path: PathVerdict.Good, Revocation.Status: RevocationVerdict.Revoked } => Invalid(Say("证书已被吊销", "the certificate is revoked")),
        _ when Service is { Path: PathVerdict.Good, Revocation.Status: RevocationVerdict.Unknown } => Unconfirmed(Say("未能查询证书是否吊销", "revocation could not be asked for")),
        _ when Path == PathVerdict.Good && Seal.Seal is not null && !(Service?.ElectronicSeal?.Good ?? Seal.Seal.IsTrusted) => Unconfirmed(Say("电子印章的制章者不受信任", "the electronic seal's maker is not trusted")),
        _ when Service is not null => Unconfirmed(Say("标证通不认识签发证书的CA", "the service does not know the CA that issued the certificate")),
        _ => Unconfirmed(Say("签章证书的CA不受信任；请登录，或用 --root 指定根证书", "the certificate's CA is not trusted: log in, or name a root with --root")),
    };

    private static (string, string?) Invalid(string why) => (Say("无效", "invalid"), why);

    private static (string, string?) Unconfirmed(string why) => (Say("无法确认", "unconfirmed"), why);

    private static (string, string?) Withdrawn(string why) => (Say("已撤章", "withdrawn"), why);

    /// <summary>The service's word, or this PC's by the roots it was given.</summary>
    private PathVerdict Path => Service?.Path ?? Seal.Path switch
    {
        { IsTrusted: true } => PathVerdict.Good,
        { Fault: PathFault.None } => PathVerdict.NotForSigning,
        { Fault: PathFault.NotValidNow } => PathVerdict.NotValidThen,
        { Fault: PathFault.BrokenLink } => PathVerdict.BrokenLink,
        { Fault: PathFault.NotAuthority } => PathVerdict.NotAuthority,
        _ => PathVerdict.UntrustedRoot,
    };

    private string Time()
    {
        var claimed = Seal.SignedAt is { } at ? Say($"{Local(at)}（签章人自述）", $"{Local(at)} (as the signer says)") : Say("未注明", "not said");
        return Seal.TimeStamp is not { } stamp ? Say($"{claimed}，无时间戳", $"{claimed}, no time stamp")
            : !stamp.Good ? Say($"{claimed}，时间戳无效：{stamp.Detail}", $"{claimed}, the time stamp is bad: {stamp.Detail}")
            : Say($"{Local(stamp.Time)}（时间戳，{stamp.Authority}{(StampTrusted ? "" : "，不受信任")}）", $"{Local(stamp.Time)} (time stamp, {stamp.Authority}{(StampTrusted ? "" : ", not trusted")})");
    }

    private string Certificate()
    {
        var serial = Sm2Certificate.TryParse(Seal.Certificate, out var certificate)
            ? Say($"{certificate.Serial}，有效期 {certificate.NotBefore.ToOffset(Beijing):yyyy-MM-dd} 至 {certificate.NotAfter.ToOffset(Beijing):yyyy-MM-dd}", $"{certificate.Serial}, {certificate.NotBefore.ToOffset(Beijing):yyyy-MM-dd} to {certificate.NotAfter.ToOffset(Beijing):yyyy-MM-dd}")
            : Say("无法读取", "cannot be read");
        var trust = Path switch
        {
            PathVerdict.Good => Service?.Authority is { } authority ? Say($"由 {authority.Name} 签发", $"issued by {authority.Name}") : Say("受信任", "trusted"),
            PathVerdict.NotValidThen => Say("签章时不在有效期内", "not valid when it sealed"),
            PathVerdict.NotForSigning => Say("不是签名证书", "not for signing"),
            _ => Say("根证书不受信任", "its root is not trusted"),
        };
        var revoked = Service?.Revocation switch
        {
            { Status: RevocationVerdict.Good } => Say("，未吊销", ", not revoked"),
            { Status: RevocationVerdict.Revoked, RevokedAt: { } at } => Say($"，已于 {Local(at)} 吊销", $", revoked on {Local(at)}"),
            { Status: RevocationVerdict.Revoked } => Say("，已吊销", ", revoked"),
            _ => Say("，吊销情况未查询", ", revocation not asked for"),
        };
        return Say($"{serial}，{trust}{revoked}", $"{serial}, {trust}{revoked}");
    }

    private static readonly TimeSpan Beijing = TimeSpan.FromHours(8);

    private static string Local(DateTimeOffset time) => time.ToOffset(Beijing).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    private static string Snake<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
