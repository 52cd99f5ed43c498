using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>扫码撤章: whoever sealed signs the statement that the seal is withdrawn. The service keeps it, and so does the document.</summary>
internal sealed class WithdrawCommand(UserInterface ui, ToolLogin login)
{
    public async Task RunAsync(string input, string field, string reason, string output, CancellationToken stop)
    {
        PdfSealReport seal;
        using (var pdf = new FileStream(input, FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            seal = PdfSealVerifier.Verify(pdf, []).FirstOrDefault(found => found.FieldName == field && found.SealId.Length > 0)
                ?? throw new ToolException("seal_unknown", Say($"文件上没有这处签章：{field}；请用 bidtool verify 查看", $"No such seal on the document: {field}; see bidtool verify"));
        }

        using var sessions = new ToolSessions(login, ui);
        var request = new CreateSessionRequest(SessionKind.Withdraw) { Withdrawal = new WithdrawalRequest(seal.Contents, reason) { DocumentName = Path.GetFileName(input) } };
        var (_, result) = await sessions.RunAsync(request, Say($"扫码撤章：{Path.GetFileName(input)} {field}（{seal.Signer}）", $"Withdraw: {Path.GetFileName(input)} {field} ({seal.Signer})"), null, null, stop);
        var signed = result.Signatures[0];
        var statement = new SealWithdrawalStatement(signed.ToBeSigned, signed.Signature, result.SigningCertificate);
        await PdfWithdrawals.AppendAsync(input, output, statement, CancellationToken.None);
        ui.Done(Say("已撤章", "Withdrawn"), new Dictionary<string, object?> { ["file"] = output, ["seal"] = field, ["reason"] = reason });
    }
}
