using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Bzt.BidTool.Locks;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>
/// The command line. Exit codes: 0 done; 1 refused or failed, with one line that says what to do; 2 wrong usage; 130 interrupted.
/// Made anew for each run, because its descriptions are in the language that was chosen.
/// </summary>
internal sealed partial class CommandLine
{
    private const string Name = "bidtool";
    private const string LockOption = "--lock", ModuleOption = "--module";

    /// <summary>After Ctrl-C: to remove what is unfinished and to withdraw the request.</summary>
    private static readonly TimeSpan Tidying = TimeSpan.FromSeconds(20);

    private readonly Dictionary<Command, string[]> examples = [];

    private readonly Option<bool> json = new("--json") { Description = Say("每个事件一行 JSON，供程序读取", "One event a line as JSON, for programs"), Recursive = true };

    private readonly Option<string?> profile = new("--profile") { Description = Say("登录状态文件，默认 ~/.config/bidtool/login.json", "The file of the login; ~/.config/bidtool/login.json"), Recursive = true };

    private readonly Option<string?> config = new("--config") { Description = Say("配置文件，默认 ~/.config/bidtool/config.json", "The configuration file; ~/.config/bidtool/config.json"), Recursive = true };

    private readonly Option<string?> language = new("--lang") { Description = Say("语言：zh 或 en", "Language: zh or en"), Recursive = true };

    private readonly Option<bool> byLock = new(LockOption) { Description = Say("用CA锁；后面可直接写其PKCS#11模块", "With a CA lock; its PKCS #11 module may follow") };

    private readonly Option<string?> module = new(ModuleOption) { Description = Say("CA锁的PKCS#11模块（.so、.dll）", "The CA lock's PKCS #11 module (.so, .dll)") };

    private readonly Option<string?> token = new("--token") { Description = Say("插有多把CA锁时：标签或序列号", "Of several CA locks: its label or serial number") };

    private readonly Option<bool> byScan = new("--scan") { Description = Say("用手机扫码", "With the phone") };

    public static async Task<int> RunAsync(string[] args)
    {
        var given = ReadEarly(args, "--lang");
        string? configured = null;
        try
        {
            configured = ToolConfiguration.Load(ReadEarly(args, "--config") ?? ToolConfiguration.DefaultPath("config.json")).Language;
        }
        catch (ToolException)
        {
            // Told when the command reads it.
        }

        Choose(given, configured);
        return await new CommandLine().InvokeAsync(args);
    }

    private async Task<int> InvokeAsync(string[] args)
    {
        language.AcceptOnlyFromAmong("zh", "en");
        var root = new RootCommand(Say("标证通投标工具：登录项目、签章、生成和解密投标文件", "BztCluster's bid tool: log in to a tender, seal, generate and open bid files"))
        {
            Login(), Seal(), Verify(), Withdraw(), Generate(), Open(), Opening(), Evidence(), Config(), Completion(),
        };
        foreach (var option in (Option[])[json, profile, config, language])
        {
            root.Options.Add(option);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((HelpAction)help.Action!, examples);
        var parsed = root.Parse(WithModule(args));
        if (parsed.Action is ParseErrorAction)
        {
            var names = string.Join(' ', PathOf(parsed.CommandResult).Append(Name).Reverse());
            var faults = string.Join(Say("；", "; "), parsed.Errors.Select(error => ParserTexts.Fault(error.Message)));
            UserInterface.Create(parsed.GetValue(json)).Failed("usage", Say($"用法有误（{faults}），见 {names} --help", $"Wrong usage ({faults}): see {names} --help"));
            return 2;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Tidying });
    }

    /// <summary>The names of a command and of those it belongs to, without the tool's own.</summary>
    private static IEnumerable<string> PathOf(SymbolResult? result)
    {
        for (; result is CommandResult { Parent: not null } command; result = command.Parent)
        {
            yield return command.Command.Name;
        }
    }

    /// <summary>The value of an option before anything is parsed: what a parser says is in a language already.</summary>
    private static string? ReadEarly(string[] args, string option)
    {
        var at = Array.FindIndex(args, arg => arg == option || arg.StartsWith(option + "=", StringComparison.Ordinal));
        return at < 0 ? null : args[at].Length > option.Length ? args[at][(option.Length + 1)..] : at + 1 < args.Length ? args[at + 1] : null;
    }

    /// <summary><c>--lock MODULE</c> is <c>--lock --module MODULE</c>; what follows is a module only if it looks like a library, and not the document.</summary>
    private static IReadOnlyList<string> WithModule(string[] args)
    {
        var result = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].StartsWith(LockOption + "=", StringComparison.Ordinal))
            {
                result.AddRange([LockOption, ModuleOption, args[i][(LockOption.Length + 1)..]]);
                continue;
            }

            result.Add(args[i]);
            if (args[i] == LockOption && i + 1 < args.Length && Path.GetExtension(args[i + 1]).ToUpperInvariant() is ".SO" or ".DLL" or ".DYLIB")
            {
                result.Add(ModuleOption);
            }
        }

        return result;
    }

    /// <summary>The options of the commands that a phone or a lock confirms.</summary>
    private Command Confirmed(Command command)
    {
        foreach (var option in (Option[])[byScan, byLock, module, token])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(byScan) && result.GetValue(byLock))
            {
                result.AddError(Say("--scan 与 --lock 只能选一个", "--scan and --lock exclude each other"));
            }
        });
        return command;
    }

    private void Handle(Command command, string[] shown, Func<ParseResult, Invocation, CancellationToken, Task> run)
    {
        examples[command] = shown;
        command.SetAction(async (parsed, stop) =>
        {
            var ui = UserInterface.Create(parsed.GetValue(json));
            try
            {
                var path = parsed.GetValue(config) ?? ToolConfiguration.DefaultPath("config.json");
                var configuration = ToolConfiguration.Load(path);
                var settings = configuration.Lock ?? new LockSettings();
                var confirmed = command.Options.Contains(byLock);
                await run(parsed, new Invocation(
                    ui, new LoginProfile(parsed.GetValue(profile)), configuration, path,
                    confirmed && parsed.GetValue(byLock) ? Confirmation.Lock : confirmed && parsed.GetValue(byScan) ? Confirmation.Scan : Confirmation.AsLoggedIn,
                    !confirmed ? settings : settings with { Module = parsed.GetValue(module) ?? settings.Module, Token = parsed.GetValue(token) ?? settings.Token }), stop);
                return 0;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                ui.Failed("interrupted", Say("已中断，没有留下未完成的文件", "Interrupted; no unfinished file is left"));
                return 130;
            }
            catch (Exception exception) when (Failure.Of(exception) is { } failure)
            {
                ui.Failed(failure.Code, failure.Text);
                return 1;
            }
        });
    }
}
