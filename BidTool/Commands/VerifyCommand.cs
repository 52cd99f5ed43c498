using System.Security.Cryptography;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Certificates;
using Bzt.Documents.Pdf;
using Bzt.Protocol.Certificates;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>
/// Says of every seal on a PDF who made it, when, and what happened to the document since. The document stays here; a login lets the service judge the
/// certificates, which knows the CAs' roots, asks them for revocation, and knows what was withdrawn.
/// </summary>
internal sealed class VerifyCommand(UserInterface ui, LoginProfile profile)
{
    public async Task RunAsync(string input, IReadOnlyList<string> rootFiles, bool offline, CancellationToken stop)
    {
        var roots = await RootsAsync(rootFiles, stop);
        IReadOnlyList<PdfSealReport> seals;
        using (var pdf = new FileStream(input, FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            seals = PdfSealVerifier.Verify(pdf, roots);
        }

        if (seals.Count == 0)
        {
            throw new ToolException("no_seals", Say("文件上没有签章", "There is no seal on the file"));
        }

        using var sessions = !offline && profile.Exists && profile.Load() is { Token: not null } login ? new ToolSessions(login, ui) : null;
        var verdicts = new List<SealVerdict>();
        foreach (var seal in seals)
        {
            verdicts.Add(new SealVerdict(seal, sessions is not null && seal.Contents.Length > 0 && Sm2Certificate.TryParse(seal.Certificate, out _)
                ? await sessions.Client.VerifyAsync(new VerifyRequest { Seal = new SealToVerify(seal.Contents, seal.Digest) }, stop)
                : null));
        }

        foreach (var verdict in verdicts)
        {
            ui.Seal(verdict.Title, verdict.InWords(), verdict.Facts());
        }

        if (verdicts.Exists(verdict => !verdict.Valid))
        {
            throw new ToolException("seal_invalid", Say($"{verdicts.Count} 处签章中有 {verdicts.Count(verdict => !verdict.Valid)} 处无效或无法确认", $"Of {verdicts.Count} seals {verdicts.Count(verdict => !verdict.Valid)} are invalid or cannot be confirmed"));
        }

        ui.Done(Say($"{verdicts.Count} 处签章全部有效", $"All {verdicts.Count} seals are valid"), new Dictionary<string, object?> { ["file"] = input, ["seals"] = verdicts.Count });
    }

    private static async Task<IReadOnlyList<byte[]>> RootsAsync(IReadOnlyList<string> files, CancellationToken stop)
    {
        var roots = new List<byte[]>();
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file, stop);
            if (PemEncoding.TryFindUtf8(bytes, out var fields))
            {
                bytes = Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(bytes[fields.Base64Data]));
            }

            roots.Add(LockCertificate.TryParse(bytes, out _) ? bytes : throw new ToolException("root_unreadable", Say($"不是根证书：{file}", $"This is no root certificate: {file}")));
        }

        return roots;
    }
}

/// <summary>One seal by the document, which lies here, and by the service, where it was asked.</summary>
internal sealed record SealVerdict(PdfSealReport Seal, VerifyResult? Service)
{
    public string Title => $"{Seal.FieldName}  {(Valid ? Say("有效", "valid") : Say("无效", "invalid"))}  {Seal.Signer}";

    public bool Valid =>
        Seal is { Withdrawn: null, State: SealState.Intact, Coverage: SealCoverage.WholeDocument or SealCoverage.LaterSeals }
        && (Service?.Valid ?? (Seal.Path.IsTrusted && Seal.Seal is null or { IsTrusted: true }));

    /// <summary>What a person reads, the most important first.</summary>
    public IEnumerable<(string Name, string Value)> InWords()
    {
        yield return (Say("结论", "Verdict"), Conclusion());
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

    private string Conclusion() => Seal.State switch
    {
        SealState.Altered => Say("无效：签章后文件内容被改动", "invalid: the content was changed after it was sealed"),
        SealState.BadSignature => Say("无效：签名不是该证书的", "invalid: the signature is not the certificate's"),
        SealState.Malformed => Say("无效：签章结构损坏或没有覆盖文件", "invalid: the seal is broken, or does not cover the file"),
        SealState.Unsupported => Say("无法验证：不支持的签章格式", "cannot be verified: an unknown form"),
        _ when Seal.Coverage == SealCoverage.ChangedSince => Say("无效：签章后文件有改动", "invalid: the file was changed after it was sealed"),
        _ when Service?.Withdrawn is { } withdrawn => Say($"已撤章：{Local(withdrawn.At)}，{withdrawn.Reason}", $"withdrawn on {Local(withdrawn.At)}: {withdrawn.Reason}"),
        _ when Seal.Withdrawn is { } reason => Say($"已撤章：{reason}（文件内的撤章声明）", $"withdrawn: {reason} (statement in the file)"),
        _ when Valid => Say("有效", "valid"),
        _ when Service is { Path: PathVerdict.Good, Revocation.Status: RevocationVerdict.Revoked } => Say("无效：证书已被吊销", "invalid: the certificate is revoked"),
        _ when Service is { Path: PathVerdict.Good, Revocation.Status: RevocationVerdict.Unknown } => Say("无法确认：未能查询证书是否吊销", "cannot be confirmed: revocation could not be asked for"),
        _ when Seal.Seal is not null && !(Service?.ElectronicSeal?.Good ?? Seal.Seal.IsTrusted) => Say("无法确认：电子印章的制章者不受信任", "cannot be confirmed: the electronic seal's maker is not trusted"),
        _ => Say("无法确认：签章证书不受信任；请登录，或用 --root 指定根证书", "cannot be confirmed: the certificate is not trusted; log in, or name a root with --root"),
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
        var path = Service?.Path ?? (Seal.Path.IsTrusted ? PathVerdict.Good : PathVerdict.UntrustedRoot);
        var trust = path switch
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
