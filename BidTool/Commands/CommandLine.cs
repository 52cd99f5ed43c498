using System.CommandLine;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Phone;
using Bzt.Documents.Pdf;

namespace Bzt.BidTool.Commands;

/// <summary>The commands and their options. Exit codes: 0 done; 1 refused or failed, with one line that says what to do; 2 wrong usage; 130 interrupted.</summary>
internal static class CommandLine
{
    private static readonly Option<bool> Json = new("--json") { Description = "每个事件一行 JSON，供程序读取", Recursive = true };

    private static readonly Option<string?> Profile = new("--profile")
    {
        Description = "登录状态文件，默认 ~/.config/bidtool/login.json",
        Recursive = true,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("标证通投标工具：登录项目、签章、生成和解密投标文件")
        {
            Login(), Seal(), Verify(), Generate(), Open(), Opening(), Evidence(),
        };
        root.Options.Add(Json);
        root.Options.Add(Profile);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            return 2;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static Command Login()
    {
        var platform = new Option<string>("--platform") { Description = "交易平台地址", Required = true };
        var tender = new Option<string>("--tender") { Description = "项目编号", Required = true };
        var command = new Command("login", "扫码登录一个项目") { platform, tender };
        Handle(command, (parsed, ui, profile, stop) => new LoginCommand(ui, profile).RunAsync(parsed.GetRequiredValue(platform), parsed.GetRequiredValue(tender), stop));
        return command;
    }

    private static Command Seal()
    {
        var input = new Argument<FileInfo>("PDF") { Description = "要签章的 PDF" };
        var node = new Option<SealNode[]>("--node")
        {
            Description = "签章节点：页,左,上[,宽]，毫米，页从1起，负数从末页数；可多次",
            AllowMultipleArgumentsPerToken = false,
            CustomParser = SealNode.Parse,
        };
        var across = new Option<AcrossPages?>("--across") { Description = "骑缝章：上[,宽]，毫米，盖在各页右侧", CustomParser = AcrossPages.Parse };
        var output = new Option<FileInfo>("--output", "-o") { Description = "签章后的文件", Required = true };
        var seal = new Option<SealKind>("--seal")
        {
            Description = "enterprise 单位公章，legal 法定代表人印鉴，signature 法定代表人签字",
            DefaultValueFactory = _ => SealKind.Enterprise,
            CustomParser = SealNode.ParseKind,
        };
        var form = new Option<SealSubFilter>("--form")
        {
            Description = "签章格式：pdf 通用PDF签名（默认），pades，gm-cms 国标GB/T 35275，gm-seal 国标电子印章GB/T 38540",
            DefaultValueFactory = _ => SealSubFilter.Pkcs7Detached,
            CustomParser = SealForms.Parse,
        };
        var stamp = new Option<bool>("--time-stamp") { Description = "加盖时间戳（RFC 3161）" };
        var authority = new Option<Uri?>("--tsa") { Description = "时间戳服务地址，默认标证通的时间戳服务", CustomParser = SealForms.ParseAddress };
        var session = new Option<bool>("--session") { Description = "会话签章：在手机上勾选“建立会话”后，同一项目的后续签章不再扫码" };
        var command = new Command("seal", "扫码签章：每个节点扫一次；加 --session 只扫一次") { input, node, across, seal, form, stamp, authority, session, output };
        command.Validators.Add(result =>
        {
            if (result.GetResult(node) is null && result.GetResult(across) is null)
            {
                result.AddError("--node 或 --across：至少一处签章节点");
            }
        });
        Handle(command, (parsed, ui, profile, stop) => new SealCommand(ui, profile, parsed.GetValue(session)).RunAsync(
            parsed.GetRequiredValue(input).FullName,
            new SealOrder(
                parsed.GetValue(node) ?? [], parsed.GetValue(across), parsed.GetValue(seal), parsed.GetValue(form), parsed.GetValue(stamp) || parsed.GetValue(authority) is not null,
                parsed.GetValue(authority)),
            parsed.GetRequiredValue(output).FullName, stop));
        return command;
    }

    private static Command Verify()
    {
        var input = new Argument<FileInfo>("PDF") { Description = "已签章的 PDF" };
        var roots = new Option<FileInfo[]>("--root") { Description = "信任的根证书（DER 或 PEM），可多次；登录后由标证通判断", AllowMultipleArgumentsPerToken = false };
        var offline = new Option<bool>("--offline") { Description = "不查询吊销与撤章" };
        var command = new Command("verify", "验证 PDF 上的全部签章：谁、何时、之后改了什么") { input, roots, offline };
        Handle(command, (parsed, ui, profile, stop) => new VerifyCommand(ui, profile).RunAsync(
            parsed.GetRequiredValue(input).FullName, [.. (parsed.GetValue(roots) ?? []).Select(file => file.FullName)], parsed.GetValue(offline), stop));
        return command;
    }

    private static Command Generate()
    {
        var section = new Option<SectionSource[]>("--section")
        {
            Description = "投标文件的一部分：名称=文件或文件夹；可多次，按开启顺序",
            Required = true,
            AllowMultipleArgumentsPerToken = false,
            CustomParser = SectionSource.Parse,
        };
        var output = new Option<FileInfo>("--output", "-o") { Description = "加密投标文件（.bztb）", Required = true };
        var command = new Command("generate", "扫码生成加密投标文件") { section, output };
        Handle(command, (parsed, ui, profile, stop) => new GenerateCommand(ui, profile.Load()).RunAsync(
            parsed.GetRequiredValue(section), parsed.GetRequiredValue(output).FullName, stop));
        return command;
    }

    private static Command Open()
    {
        var input = new Argument<FileInfo[]>("BZTB") { Description = "加密投标文件，可多个：手机上确认一次", Arity = ArgumentArity.OneOrMore };
        var output = new Option<DirectoryInfo>("--output", "-o") { Description = "解密到的文件夹", Required = true };
        var section = new Option<string[]>("--section") { Description = "只解密这些部分", AllowMultipleArgumentsPerToken = false };
        var opening = new Option<Guid?>("--opening") { Description = "平台公布的开标编号：谁在何时被请求解密、结果如何，记入签名的开标记录" };
        var command = new Command("open", "扫码解密投标文件") { input, output, section, opening };
        Handle(command, (parsed, ui, profile, stop) => new OpenCommand(ui, profile.Load()).RunAsync(
            [.. parsed.GetRequiredValue(input).Select(file => file.FullName)], parsed.GetRequiredValue(output).FullName, parsed.GetValue(section) ?? [], parsed.GetValue(opening), stop));
        return command;
    }

    private static Command Opening()
    {
        var opening = new Argument<Guid>("编号") { Description = "平台公布的开标编号" };
        var records = new Option<DirectoryInfo>("--records", "-o") { Description = "把本企业文件的开标记录保存到这个文件夹" };
        var command = new Command("opening", "查看开标：解密截止倒计时、本企业文件的解密情况和开标记录") { opening, records };
        Handle(command, (parsed, ui, profile, stop) => new OpeningCommand(ui, profile.Load()).RunAsync(parsed.GetRequiredValue(opening), parsed.GetValue(records)?.FullName, stop));
        return command;
    }

    private static Command Evidence()
    {
        var input = new Argument<FileInfo>("JSON") { Description = "存证文件：证书的全部记录、平台一次会话的回执，或一份文件的开标记录" };
        var key = new Option<string>("--key") { Description = "存证公钥（130位十六进制），或此前保存的 trust.json", Required = true };
        var checkpoints = new Option<FileInfo>("--checkpoints") { Description = "此前保存的存证检查点（/evidence/checkpoints），存证须在其中" };
        var verify = new Command("verify", "离线验证存证") { input, key, checkpoints };
        Handle(verify, (parsed, ui, _, stop) => new EvidenceCommand(ui).VerifyAsync(
            parsed.GetRequiredValue(input).FullName, parsed.GetRequiredValue(key), parsed.GetValue(checkpoints)?.FullName, stop));
        return new Command("evidence", "存证") { verify };
    }

    private static void Handle(Command command, Func<ParseResult, UserInterface, LoginProfile, CancellationToken, Task> run) => command.SetAction(async (parsed, stop) =>
    {
        var ui = UserInterface.Create(parsed.GetValue(Json));
        try
        {
            await run(parsed, ui, new LoginProfile(parsed.GetValue(Profile)), stop);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            ui.Failed("interrupted", "已中断，没有留下未完成的文件");
            return 130;
        }
        catch (Exception exception) when (Failure.Of(exception) is { } failure)
        {
            ui.Failed(failure.Code, failure.Text);
            return 1;
        }
    });
}
