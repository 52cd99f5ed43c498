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
            throw new ToolException("no_seals", "文件上没有签章");
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
            throw new ToolException("seal_invalid", $"{verdicts.Count} 处签章中有 {verdicts.Count(verdict => !verdict.Valid)} 处无效或无法确认");
        }

        ui.Done($"{verdicts.Count} 处签章全部有效", new Dictionary<string, object?> { ["file"] = input, ["seals"] = verdicts.Count });
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
    public string Title => $"{Seal.FieldName}  {(Valid ? "有效" : "无效")}  {Seal.Signer}";

    public bool Valid =>
        Seal is { State: SealState.Intact, Coverage: SealCoverage.WholeDocument or SealCoverage.LaterSeals }
        && (Service?.Valid ?? (Seal.Path.IsTrusted && Seal.Seal is null or { IsTrusted: true }));

    /// <summary>What a person reads, the most important first.</summary>
    public IEnumerable<(string Name, string Value)> InWords()
    {
        yield return ("结论", Conclusion());
        if (Seal.State is SealState.Malformed or SealState.Unsupported)
        {
            yield break;
        }

        yield return ("文件", Seal.Coverage switch
        {
            SealCoverage.WholeDocument => "签章后未改动",
            SealCoverage.LaterSeals => $"签章后只加盖了其他印章：{string.Join('、', Seal.LaterSeals)}",
            SealCoverage.ChangedSince => $"签章后有改动：{string.Join('、', Seal.Changes)}",
            _ => "内容与签章时不同",
        });
        yield return ("时间", Time());
        yield return ("证书", Certificate());
        if (Seal.Seal is { } electronic)
        {
            yield return ("电子印章", $"{electronic.Name}（{electronic.Id}），制章者 {electronic.Maker}{(Service?.ElectronicSeal?.Good ?? electronic.IsTrusted ? "" : "，不受信任或已过有效期")}");
        }

        if (Seal.DocumentName is { Length: > 0 } name)
        {
            yield return ("签章时的文件名", name);
        }

        if (Seal.Reason is { Length: > 0 } reason)
        {
            yield return ("事由", reason);
        }

        yield return ("格式", Seal.SubFilter);
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
        ["withdrawn"] = Service?.Withdrawn is { } withdrawn ? new { at = withdrawn.At, reason = withdrawn.Reason } : null,
        ["laterSeals"] = Seal.LaterSeals,
        ["changes"] = Seal.Changes,
        ["detail"] = Seal.Detail,
    };

    private bool StampTrusted => Service?.TimeStamp?.Good ?? Seal.TimeStamp is { IsTrusted: true };

    private string Conclusion() => Seal.State switch
    {
        SealState.Altered => "无效：签章后文件内容被改动",
        SealState.BadSignature => "无效：签名不是该证书的",
        SealState.Malformed => "无效：签章结构损坏或没有覆盖文件",
        SealState.Unsupported => "无法验证：不支持的签章格式",
        _ when Seal.Coverage == SealCoverage.ChangedSince => "无效：签章后文件有改动",
        _ when Service?.Withdrawn is { } withdrawn => $"已撤章：{Local(withdrawn.At)}，{withdrawn.Reason}",
        _ when Valid => "有效",
        _ when Service is { Path: PathVerdict.Good, Revocation.Status: RevocationVerdict.Revoked } => "无效：证书已被吊销",
        _ when Service is { Path: PathVerdict.Good, Revocation.Status: RevocationVerdict.Unknown } => "无法确认：未能查询证书是否吊销",
        _ when Seal.Seal is not null && !(Service?.ElectronicSeal?.Good ?? Seal.Seal.IsTrusted) => "无法确认：电子印章的制章者不受信任",
        _ => "无法确认：签章证书不受信任；请登录，或用 --root 指定根证书",
    };

    private string Time()
    {
        var claimed = Seal.SignedAt is { } at ? $"{Local(at)}（签章人自述）" : "未注明";
        return Seal.TimeStamp is not { } stamp ? $"{claimed}，无时间戳"
            : !stamp.Good ? $"{claimed}，时间戳无效：{stamp.Detail}"
            : $"{Local(stamp.Time)}（时间戳，{stamp.Authority}{(StampTrusted ? "" : "，不受信任")}）";
    }

    private string Certificate()
    {
        var serial = Sm2Certificate.TryParse(Seal.Certificate, out var certificate)
            ? $"{certificate.Serial}，有效期 {certificate.NotBefore.ToOffset(Beijing):yyyy-MM-dd} 至 {certificate.NotAfter.ToOffset(Beijing):yyyy-MM-dd}"
            : "无法读取";
        var path = Service?.Path ?? (Seal.Path.IsTrusted ? PathVerdict.Good : PathVerdict.UntrustedRoot);
        var trust = path switch
        {
            PathVerdict.Good => Service?.Authority is { } authority ? $"由 {authority.Name} 签发" : "受信任",
            PathVerdict.NotValidThen => "签章时不在有效期内",
            PathVerdict.NotForSigning => "不是签名证书",
            _ => "根证书不受信任",
        };
        var revoked = Service?.Revocation switch
        {
            { Status: RevocationVerdict.Good } => "，未吊销",
            { Status: RevocationVerdict.Revoked, RevokedAt: { } at } => $"，已于 {Local(at)} 吊销",
            { Status: RevocationVerdict.Revoked } => "，已吊销",
            _ => "，吊销情况未查询",
        };
        return $"{serial}，{trust}{revoked}";
    }

    private static readonly TimeSpan Beijing = TimeSpan.FromHours(8);

    private static string Local(DateTimeOffset time) => time.ToOffset(Beijing).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    private static string Snake<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
