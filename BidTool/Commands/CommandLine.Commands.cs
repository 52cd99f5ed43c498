using System.CommandLine;
using Bzt.Contracts.Phone;
using Bzt.Documents.Pdf;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

// Each command, its options and its examples.
internal sealed partial class CommandLine
{
    private Command Login()
    {
        var platform = new Option<string?>("--platform") { Description = Say("交易平台地址；登录一次后会记住", "The trading platform's address; remembered after the first time") };
        var tender = new Option<string>("--tender") { Description = Say("项目编号", "The tender's number"), Required = true };
        var command = Confirmed(new Command("login", Say("登录一个项目：扫码认证或CA锁", "Log in to a tender: by phone or by CA lock")) { platform, tender });
        Handle(
            command,
            ["bidtool login --platform https://ggzy.example.gov.cn --tender YC-2026-0417", "bidtool login --tender YC-2026-0417 --lock /usr/lib/libcalock.so"],
            (parsed, invocation, stop) => new LoginCommand(invocation).RunAsync(parsed.GetValue(platform), parsed.GetRequiredValue(tender), stop));
        return command;
    }

    private Command Seal()
    {
        var input = new Argument<FileInfo>("PDF") { Description = Say("要签章的 PDF", "The PDF to be sealed") };
        var node = new Option<SealNode[]>("--node")
        {
            Description = Say("签章节点：页,左,上[,宽]，毫米，页从1起，负数从末页数；可多次", "Where: PAGE,LEFT,TOP[,WIDTH] in millimetres, pages from 1, negative from the end; may be repeated"),
            AllowMultipleArgumentsPerToken = false,
            CustomParser = SealNode.Parse,
        };
        var across = new Option<AcrossPages?>("--across")
        {
            Description = Say("骑缝章：上[,宽]，毫米，盖在各页右侧", "Across the pages: TOP[,WIDTH] in millimetres, at the right edge of every page"),
            CustomParser = AcrossPages.Parse,
        };
        var output = new Option<FileInfo>("--output", "-o") { Description = Say("签章后的文件", "The sealed file"), Required = true };
        var seal = new Option<SealKind?>("--seal")
        {
            Description = Say("enterprise 单位公章（默认），legal 法定代表人印鉴，signature 法定代表人签字", "enterprise: the enterprise's round seal (unless told otherwise); legal: its legal representative's seal; signature: his signature"),
            CustomParser = result => SealNode.ParseKind(result),
        };
        OneOf(seal, "enterprise", "legal", "signature");
        var form = new Option<SealSubFilter?>("--form")
        {
            Description = Say(
                "签章格式：pdf 通用PDF签名（默认），pades，gm-cms 国标GB/T 35275，gm-seal 国标电子印章GB/T 38540",
                "Form: pdf (what every reader knows; unless told otherwise), pades, gm-cms (GB/T 35275), gm-seal (GB/T 38540)"),
            CustomParser = result => SealForms.Parse(result),
        };
        OneOf(form, "pdf", "pades", "gm-cms", "gm-seal");
        var stamp = new Option<bool>("--time-stamp") { Description = Say("加盖时间戳（RFC 3161）", "With a time stamp (RFC 3161)") };
        var authority = new Option<Uri?>("--tsa") { Description = Say("时间戳服务地址，默认标证通的时间戳服务", "The time-stamp authority; by default the service's own"), CustomParser = SealForms.ParseAddress };
        var picture = new Option<FileInfo?>("--picture") { Description = Say("印章图片（PNG），代替企业在标证通的印章", "A picture of the seal (PNG), instead of the enterprise's own of the phone app") };
        var session = new Option<bool>("--session")
        {
            Description = Say("会话签章：在手机上勾选“建立会话”后，同一项目的后续签章不再扫码", "Sealing session: once ticked on the phone, later seals of this login need no scan"),
        };
        var certificate = WithCertificate();
        var command = Confirmed(new Command("seal", Say("签章：每个节点确认一次；加 --session 只扫一次", "Seal a PDF: one confirmation a node; with --session one scan for all"))
        {
            input, node, across, seal, form, stamp, authority, picture, certificate, session, output,
        });
        command.Validators.Add(result =>
        {
            if (result.GetResult(node) is null && result.GetResult(across) is null)
            {
                result.AddError(Say("--node 或 --across：至少一处签章节点", "--node or --across: at least one place"));
            }
        });
        Handle(
            command,
            [
                "bidtool seal bid.pdf --node 1,120,200 -o sealed.pdf",
                "bidtool seal bid.pdf --seal legal --node -1,140,220,20 -o sealed.pdf",
                "bidtool seal bid.pdf --session --node 1,120,200 --node 3,120,200 -o sealed.pdf",
                "bidtool seal bid.pdf --across 120 --form gm-seal --time-stamp -o sealed.pdf",
                "bidtool seal bid.pdf --lock /usr/lib/libcalock.so --node 1,120,200 -o sealed.pdf",
            ],
            (parsed, invocation, stop) => new SealCommand(invocation, parsed.GetValue(session)).RunAsync(
                parsed.GetRequiredValue(input).FullName,
                new SealOrder(
                    parsed.GetValue(node) ?? [], parsed.GetValue(across), parsed.GetValue(seal) ?? SealKind.Enterprise, parsed.GetValue(picture)?.FullName,
                    parsed.GetValue(form) ?? SealSubFilter.Pkcs7Detached,
                    parsed.GetValue(stamp) || parsed.GetValue(authority) is not null, parsed.GetValue(authority), parsed.GetValue(certificate)),
                parsed.GetRequiredValue(output).FullName, stop));
        return command;
    }

    private static Option<string?> WithCertificate() => new("--certificate")
    {
        Description = Say("扫码确认所用证书的序列号（手机“证书详情”），企业有多张可用证书时指定", "Serial of the certificate that confirms on the phone, as it shows it; where the enterprise has several"),
    };

    /// <summary>The words that are taken, and not the names of what they stand for, which the library would show and complete.</summary>
    private static void OneOf(Option option, params string[] words)
    {
        option.HelpName = string.Join('|', words);
        option.CompletionSources.Clear();
        option.CompletionSources.Add(words);
    }

    private Command Verify()
    {
        var input = new Argument<FileInfo>("PDF") { Description = Say("已签章的 PDF", "The sealed PDF") };
        var roots = new Option<FileInfo[]>("--root")
        {
            Description = Say("信任的根证书（DER 或 PEM），可多次；登录后由标证通判断", "Roots that are trusted (DER or PEM), may be repeated; after a login the service judges"),
            AllowMultipleArgumentsPerToken = false,
        };
        var offline = new Option<bool>("--offline") { Description = Say("不查询吊销与撤章", "Do not ask for revocation and withdrawal") };
        var command = new Command("verify", Say("验证 PDF 上的全部签章：谁、何时、之后改了什么", "Verify every seal on a PDF: who, when, and what changed since")) { input, roots, offline };
        Handle(
            command,
            ["bidtool verify sealed.pdf", "bidtool verify sealed.pdf --offline --root root.cer"],
            (parsed, invocation, stop) => new VerifyCommand(invocation.Ui, invocation.Profile).RunAsync(
                parsed.GetRequiredValue(input).FullName, [.. (parsed.GetValue(roots) ?? []).Select(file => file.FullName)], parsed.GetValue(offline), stop));
        return command;
    }

    private Command Withdraw()
    {
        var input = new Argument<FileInfo>("PDF") { Description = Say("已签章的 PDF", "The sealed PDF") };
        var field = new Option<string>("--seal") { Description = Say("撤销哪一处签章：verify 显示的名称，如 Seal1", "Which seal: its name as verify shows it, such as Seal1"), Required = true };
        var reason = new Option<string>("--reason") { Description = Say("撤销原因，写入撤章声明", "Why; part of the statement"), Required = true };
        var output = new Option<FileInfo>("--output", "-o") { Description = Say("附上撤章声明的文件", "The file with the statement"), Required = true };
        var command = new Command("withdraw", Say("扫码撤章：由签章人声明撤销一处签章，其他签章不变", "Withdraw a seal: its signer states so; other seals stay")) { input, field, reason, output };
        Handle(
            command,
            ["bidtool withdraw sealed.pdf --seal Seal2 --reason 盖错页 -o withdrawn.pdf"],
            (parsed, invocation, stop) => new WithdrawCommand(invocation.Ui, invocation.Profile.Load()).RunAsync(
                parsed.GetRequiredValue(input).FullName, parsed.GetRequiredValue(field), parsed.GetRequiredValue(reason), parsed.GetRequiredValue(output).FullName, stop));
        return command;
    }

    private Command Generate()
    {
        var section = new Option<SectionSource[]>("--section")
        {
            Description = Say("投标文件的一部分：名称=文件或文件夹；可多次，按开启顺序", "A part of the bid: NAME=FILE or FOLDER; may be repeated, in the order of opening"),
            Required = true,
            AllowMultipleArgumentsPerToken = false,
            CustomParser = SectionSource.Parse,
        };
        var output = new Option<FileInfo>("--output", "-o") { Description = Say("加密投标文件（.bztb）", "The encrypted bid file (.bztb)"), Required = true };
        var resume = new Option<bool>("--resume")
        {
            Description = Say("签名未完成时保留已加密的草稿（.draft）；再次运行同一命令接着签名，不必重新加密", "Keep what is encrypted (.draft) when it does not get signed; the same command again only has it signed"),
        };
        var certificate = WithCertificate();
        var command = Confirmed(new Command("generate", Say("生成加密投标文件", "Generate the encrypted bid file")) { section, output, certificate, resume });
        Handle(
            command,
            ["bidtool generate --section 唱标信息=price.txt --section 投标文件=bid -o bid.bztb"],
            (parsed, invocation, stop) => new GenerateCommand(invocation).RunAsync(
                parsed.GetRequiredValue(section), parsed.GetRequiredValue(output).FullName, parsed.GetValue(certificate), parsed.GetValue(resume), stop));
        return command;
    }

    private Command Open()
    {
        var input = new Argument<FileInfo[]>("BZTB") { Description = Say("加密投标文件，可多个：手机上确认一次", "Encrypted bid files: one confirmation for all"), Arity = ArgumentArity.OneOrMore };
        var output = new Option<DirectoryInfo>("--output", "-o") { Description = Say("解密到的文件夹", "The folder to open into"), Required = true };
        var section = new Option<string[]>("--section") { Description = Say("只解密这些部分", "Open these parts only"), AllowMultipleArgumentsPerToken = false };
        var opening = new Option<Guid?>("--opening")
        {
            Description = Say("平台公布的开标编号：谁在何时被请求解密、结果如何，记入签名的开标记录", "The opening the platform announced: who was asked when, and what came of it, goes into a signed record"),
        };
        var resume = new Option<bool>("--resume") { Description = Say("中断后接着解密：文件夹中已有的部分不再重做", "Go on after an interruption: parts that are in the folder are not opened again") };
        var command = Confirmed(new Command("open", Say("解密投标文件", "Open bid files")) { input, output, section, opening, resume });
        Handle(
            command,
            ["bidtool open bid.bztb -o opened", "bidtool open bid.bztb --section 唱标信息 -o opened", "bidtool open bid.bztb --lock /usr/lib/libcalock.so -o opened"],
            (parsed, invocation, stop) =>
            {
                IReadOnlyList<string> files = [.. parsed.GetRequiredValue(input).Select(file => file.FullName)];
                var (folder, only) = (parsed.GetRequiredValue(output).FullName, parsed.GetValue(section) ?? []);
                return invocation.ByLock
                    ? new LockOpenCommand(invocation).RunAsync(files, folder, only, parsed.GetValue(opening), parsed.GetValue(resume), stop)
                    : new OpenCommand(invocation.Ui, invocation.Profile.Load()).RunAsync(files, folder, only, parsed.GetValue(opening), parsed.GetValue(resume), stop);
            });
        return command;
    }

    private Command Opening()
    {
        var opening = new Argument<Guid>(Say("编号", "NUMBER")) { Description = Say("平台公布的开标编号", "The opening's number, as the platform announced it") };
        var records = new Option<DirectoryInfo>("--records", "-o") { Description = Say("把本企业文件的开标记录保存到这个文件夹", "Keep the records of the enterprise's own files in this folder") };
        var command = new Command("opening", Say("查看开标：解密截止倒计时、本企业文件的解密情况和开标记录", "Show an opening: the countdown, the enterprise's own files, their records")) { opening, records };
        Handle(
            command,
            ["bidtool opening 0197f3a2-6d4e-7c11-9a55-0d2f6b1c8e42 --records records"],
            (parsed, invocation, stop) => new OpeningCommand(invocation.Ui, invocation.Profile.Load()).RunAsync(parsed.GetRequiredValue(opening), parsed.GetValue(records)?.FullName, stop));
        return command;
    }

    private Command Evidence()
    {
        var input = new Argument<FileInfo>("JSON") { Description = Say("存证文件：证书的全部记录、平台一次会话的回执，或一份文件的开标记录", "Evidence: a certificate's whole chain, a platform's receipt of one session, or the record of a file's opening") };
        var key = new Option<string>("--key") { Description = Say("存证公钥（130位十六进制），或此前保存的 trust.json", "The evidence key (130 hexadecimal digits), or a trust.json saved earlier"), Required = true };
        var checkpoints = new Option<string>("--checkpoints")
        {
            Description = Say(
                "evidence keep 保存的文件夹：存证须在其检查点之中，且不得少于或不同于其叶子；或仅保存了检查点的文件",
                "The folder of evidence keep: the evidence has to be in one of its checkpoints, and to have all that its leaves say; or a file of checkpoints alone"),
        };
        var verify = new Command("verify", Say("离线验证存证", "Verify evidence offline")) { input, key, checkpoints };
        Handle(
            verify,
            ["bidtool evidence verify evidence.json --key trust.json", "bidtool evidence verify evidence.json --key trust.json --checkpoints kept"],
            (parsed, invocation, stop) => new EvidenceCommand(invocation.Ui).VerifyAsync(
                parsed.GetRequiredValue(input).FullName, parsed.GetRequiredValue(key), parsed.GetValue(checkpoints) is { } kept ? Path.GetFullPath(kept) : null, stop));
        return new Command("evidence", Say("存证", "Evidence")) { verify, Keep(key) };
    }

    private Command Keep(Option<string> key)
    {
        var folder = new Argument<DirectoryInfo>("FOLDER") { Description = Say("保存到的文件夹，不存在则新建", "The folder to keep them in; made where it is missing") };
        var service = new Option<string>("--from") { Description = Say("存证服务的地址", "The service's address"), Required = true };
        var keep = new Command("keep", Say("保存公布的存证检查点及其叶子", "Keep the published checkpoints with their leaves")) { folder, service, key };
        Handle(
            keep,
            ["bidtool evidence keep kept --from https://bzt.example.com --key trust.json"],
            async (parsed, invocation, stop) => await new EvidenceKeepCommand(invocation.Ui).RunAsync(
                parsed.GetRequiredValue(folder).FullName, Sessions.ToolConfiguration.PlatformAddress(parsed.GetRequiredValue(service)),
                await EvidenceCommand.ReadKeyAsync(parsed.GetRequiredValue(key), stop), stop));
        return keep;
    }

    private Command Config()
    {
        var name = new Argument<string>("NAME") { Description = Say("设置项", "The setting") };
        name.CompletionSources.Add([.. Sessions.ToolConfiguration.Settings.Keys]);
        var value = new Argument<string>("VALUE") { Description = Say("值", "Its value") };
        var set = new Command("set", Say("设置一项", "Set one")) { name, value };
        Handle(set, ["bidtool config set platform https://ggzy.example.gov.cn", "bidtool config set lock.module /usr/lib/libcalock.so"], (parsed, invocation, _) =>
        {
            new ConfigCommand(invocation).Set(parsed.GetRequiredValue(name), parsed.GetRequiredValue(value));
            return Task.CompletedTask;
        });
        var unset = new Command("unset", Say("取消一项", "Remove one")) { name };
        Handle(unset, ["bidtool config unset lock.token"], (parsed, invocation, _) =>
        {
            new ConfigCommand(invocation).Set(parsed.GetRequiredValue(name), null);
            return Task.CompletedTask;
        });
        var command = new Command("config", Say("查看和修改配置文件", "Show and change the configuration file")) { set, unset };
        Handle(command, ["bidtool config"], (_, invocation, _) =>
        {
            new ConfigCommand(invocation).Show();
            return Task.CompletedTask;
        });
        return command;
    }

    private Command Completion()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", Say("输出 bash 或 zsh 的补全脚本", "Print the completion script for bash or zsh")) { shell };
        Handle(command, ["bidtool completion bash > ~/.local/share/bash-completion/completions/bidtool"], async (parsed, _, _) =>
            await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetRequiredValue(shell) == "bash" ? CompletionScript.Bash : CompletionScript.Zsh));
        return command;
    }
}
