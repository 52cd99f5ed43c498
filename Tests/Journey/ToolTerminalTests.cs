using System.Diagnostics;
using System.Text.Json;
using Bzt.BidTool.Commands;
using Bzt.BidTool.Locks;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Peers;
using Net.Pkcs11Interop.Common;

namespace Bzt.Tests.Journey;

/// <summary>The bid tool as a program of the terminal: languages, settings, help, completion. No service is needed for any of it.</summary>
public sealed class ToolTerminalTests : IDisposable
{
    private static readonly string Tool = typeof(Failure).Assembly.Location;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_speaks_the_language_that_is_asked_for_in_one_line_with_what_to_do()
    {
        foreach (var (expected, environment, arguments) in new (string, string, string[])[]
        {
            ("Not logged in", "LANG=en_US.UTF-8", []),
            ("尚未登录", "LANG=zh_CN.UTF-8", []),
            ("尚未登录", "LANG=C.UTF-8", []),
            ("尚未登录", "LANG=en_US.UTF-8", ["--lang", "zh"]),
            ("Not logged in", "LC_ALL=en_GB.UTF-8", ["--lang=en"]),
        })
        {
            var run = await RunAsync([environment], ["generate", "--section", "a=b", "-o", folder["never"], .. arguments]);
            Assert.Equal((1, ""), (run.ExitCode, run.Output));
            Assert.StartsWith(expected, run.Error, StringComparison.Ordinal);
            Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        }

        // Set once; an option still wins; a setting that is none is refused, and so is a broken file.
        Assert.Equal(0, (await RunAsync([], ["config", "set", "language", "en"])).ExitCode);
        Assert.StartsWith("Not logged in", (await RunAsync(["LANG=zh_CN.UTF-8"], ["open", "x", "-o", "y"])).Error, StringComparison.Ordinal);
        Assert.StartsWith("尚未登录", (await RunAsync([], ["open", "x", "-o", "y", "--lang", "zh"])).Error, StringComparison.Ordinal);
        Assert.Equal((1, "config_malformed"), Failed(await RunAsync([], ["config", "set", "language", "fr", "--json"])));
        Assert.Equal((1, "config_malformed"), Failed(await RunAsync([], ["config", "set", "lock.sm2-sign", "eight", "--json"])));
        Assert.Equal((1, "platform_address"), Failed(await RunAsync([], ["config", "set", "platform", "ggzy.example.gov.cn", "--json"])));
        Assert.Equal((1, "config_unknown"), Failed(await RunAsync([], ["config", "set", "colour", "red", "--json"])));
        Assert.Equal(0, (await RunAsync([], ["config", "set", "lock.sm2-sign", "0x80000001"])).ExitCode);
        var shown = await RunAsync([], ["config", "--json"]);
        Assert.Contains("\"lock.sm2-sign\":\"0x80000001\"", shown.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync([], ["config", "unset", "language"])).ExitCode);
        Assert.DoesNotContain("language", (await RunAsync([], ["config", "--json"])).Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder["xdg/bidtool/config.json"], "{");
        Assert.Equal((1, "config_malformed"), Failed(await RunAsync([], ["config", "--json"])));
    }

    [Fact]
    public async Task Every_command_has_help_with_examples_and_shells_complete_it()
    {
        foreach (var command in (string[])["login", "seal", "verify", "generate", "open", "opening", "evidence verify", "config", "config set", "config unset", "completion"])
        {
            var help = await RunAsync([], [.. command.Split(' '), "--help", "--lang", "en"]);
            Assert.Equal((0, ""), (help.ExitCode, help.Error));
            Assert.Contains($"Examples:\n  bidtool {command}", help.Output, StringComparison.Ordinal);
            Assert.DoesNotMatch("Pkcs7Detached|LegalRepresentative", help.Output);
            Assert.DoesNotContain(help.Output.Replace("唱标信息", "", StringComparison.Ordinal).Replace("投标文件", "", StringComparison.Ordinal), c => c is >= '\u4e00' and <= '\u9fff');
        }

        // Neither the tool nor the library beneath it falls back into English.
        foreach (var (arguments, expected) in new (string[], string)[]
        {
            (["--help"], "命令："), (["seal", "--help"], "（必填）"), ([], "缺少命令"), (["sela"], "无法识别 'sela'"), (["login"], "缺少选项 '--tender'"), (["login", "--tender"], "'--tender' 后缺少内容"),
            (["verify"], "'verify' 后缺少内容"), (["completion", "fish"], "'fish' 应为以下之一：'bash', 'zsh'"), (["open", "a", "-o", "b", "--opening", "7"], "'--opening' 不能是 '7'"),
            (["config", "set", "language"], "bidtool config set --help"),
        })
        {
            var run = await RunAsync(["LANG=zh_CN.UTF-8"], arguments);
            Assert.Contains(expected, run.Output + run.Error, StringComparison.Ordinal);
            Assert.DoesNotMatch("(?i)usage:|options|required|unrecognized|description|show |must be|cannot", run.Output + run.Error);
        }

        Assert.Matches(@"^\d+\.\d+\.\d+", (await RunAsync([], ["--version"])).Output);
        Assert.Equal((2, "usage"), Failed(await RunAsync([], ["seal", "--json"])));
        Assert.Equal((2, "usage"), Failed(await RunAsync([], ["seal", "x.pdf", "--node", "1,1,1", "-o", "y.pdf", "--lock", "--scan", "--json"])));
        Assert.Equal((2, "usage"), Failed(await RunAsync([], ["--json"])));

        // The scripts, in the shells they are for.
        var bin = Directory.CreateDirectory(folder["bin"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(bin, "bidtool"), $"#!/bin/sh\nexec dotnet '{Tool}' \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(bin, "bidtool"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var path = $"PATH={bin}:{Environment.GetEnvironmentVariable("PATH")}";
        const string Bash = """source <(bidtool completion bash); COMP_LINE="bidtool seal x.pdf --se"; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(bidtool seal x.pdf --se); COMP_CWORD=3; _bidtool; printf '%s\n' "${COMPREPLY[@]}" """;
        var bash = (await PeerProcess.Run("env", [path, "bash", "--norc", "-c", Bash])).OrFail();
        Assert.Equal(["--seal", "--session"], bash.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        const string Zsh = """compdef() { :; }; compadd() { shift; print -l -- $@; }; _files() { print FILES; }; source <(bidtool completion zsh); BUFFER="bidtool seal x.pdf --form gm"; CURSOR=${#BUFFER}; _bidtool""";
        var zsh = (await PeerProcess.Run("env", [path, "zsh", "-f", "-c", Zsh])).OrFail();
        Assert.Equal(["gm-cms", "gm-seal"], zsh.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_rest_of_the_time_is_told_from_the_rate_so_far()
    {
        var (rate, left) = Pace.At(new BidFileProgress("投标文件", 250, 1000), TimeSpan.FromSeconds(5));
        Assert.Equal((50, TimeSpan.FromSeconds(15)), (rate, left));
        Assert.Equal(TimeSpan.Zero, Pace.At(new BidFileProgress("", 0, 0), TimeSpan.Zero).Left);
        Assert.True(Pace.At(new BidFileProgress("", 0, long.MaxValue), TimeSpan.FromSeconds(1)).Left < TimeSpan.FromDays(1));
        Assert.Equal(100, Pace.Percent(new BidFileProgress("", 0, 0)));
    }

    [Theory]
    [InlineData(SealState.Intact, SealCoverage.WholeDocument, PathFault.None, true, "有效")]
    [InlineData(SealState.Intact, SealCoverage.LaterSeals, PathFault.UntrustedRoot, true, "无法确认")]
    [InlineData(SealState.Unsupported, SealCoverage.Unknown, PathFault.None, true, "无法确认")]
    [InlineData(SealState.Intact, SealCoverage.WholeDocument, PathFault.NotValidNow, true, "无效")]
    [InlineData(SealState.Intact, SealCoverage.WholeDocument, PathFault.BrokenLink, true, "无效")]
    [InlineData(SealState.Intact, SealCoverage.WholeDocument, PathFault.None, false, "无效")]
    [InlineData(SealState.Intact, SealCoverage.ChangedSince, PathFault.UntrustedRoot, true, "无效")]
    [InlineData(SealState.Altered, SealCoverage.Unknown, PathFault.None, true, "无效")]
    public void A_seal_nobody_here_can_vouch_for_is_not_called_invalid(SealState state, SealCoverage coverage, PathFault fault, bool maySign, string verdict)
    {
        var judged = new SealVerdict(new PdfSealReport("Seal1", state, coverage, "甲公司", null, null, null, [], new SignerPath([], fault, maySign), [], [], ""), Service: null);
        Assert.Equal($"Seal1  {verdict}  甲公司", judged.Title);
        Assert.Equal(verdict == "有效", judged.Valid);
        Assert.Equal(verdict != "有效", judged.InWords().Any(line => line.Name == "原因"));
    }

    [Fact]
    public async Task A_record_is_kept_in_the_folder_named_whatever_number_its_file_has()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"bzt-records-{Guid.NewGuid():N}", "kept");
        try
        {
            var record = new Bzt.Protocol.Evidence.OpeningRecord(
                Guid.NewGuid(), "平台", "YC-1", "工程", default, default, null, "bid_1.2", "投标文件", new byte[32], "甲公司", "", [], default);
            var signed = new SignedOpeningRecord(record, record.Judge(), [], []);
            Assert.Equal(Path.Combine(folder, "bid_1.2.json"), await OpeningCommand.KeepAsync(signed, folder, TestContext.Current.CancellationToken));
            foreach (var number in (string[])["../config", "/etc/x", "..\\config", "C:x", "a/b"])
            {
                var refused = await Assert.ThrowsAsync<ToolException>(() => OpeningCommand.KeepAsync(signed with { Record = record with { FileId = number } }, folder, TestContext.Current.CancellationToken));
                Assert.Equal("protocol_failure", refused.Code);
            }

            Assert.Equal(["bid_1.2.json"], Directory.EnumerateFiles(Path.GetDirectoryName(folder)!, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
        }
    }

    [Fact]
    [Trait("Feature", "M066"), Trait("Surface", "tool")]
    public void What_a_lock_answers_is_told_with_the_tries_that_are_left()
    {
        foreach (var (expected, answer, tries) in new (string, CKR, PinTries)[]
        {
            ("wrong_pin", CKR.CKR_PIN_INCORRECT, PinTries.NotTold), ("wrong_pin", CKR.CKR_PIN_INCORRECT, PinTries.Few), ("wrong_pin", CKR.CKR_PIN_LEN_RANGE, PinTries.Last),
            ("locked", CKR.CKR_PIN_INCORRECT, PinTries.None), ("locked", CKR.CKR_PIN_LOCKED, PinTries.NotTold), ("pin_not_set", CKR.CKR_USER_PIN_NOT_INITIALIZED, PinTries.NotTold),
            ("lock_removed", CKR.CKR_DEVICE_REMOVED, PinTries.NotTold), ("lock_removed", CKR.CKR_TOKEN_NOT_PRESENT, PinTries.NotTold), ("lock_failed", CKR.CKR_DEVICE_ERROR, PinTries.NotTold),
            ("lock_mechanism", CKR.CKR_MECHANISM_INVALID, PinTries.NotTold), ("key_refused", CKR.CKR_ENCRYPTED_DATA_INVALID, PinTries.NotTold), ("lock_failed", CKR.CKR_HOST_MEMORY, PinTries.NotTold),
        })
        {
            Assert.Equal(expected, LockFailure.Of(answer, tries).Code);
        }

        var texts = Enum.GetValues<PinTries>().Select(tries => LockFailure.Of(CKR.CKR_PIN_INCORRECT, tries).Message).ToList();
        Assert.Equal(texts.Count, texts.Distinct().Count());
    }

    [Fact]
    [Trait("Feature", "M066"), Trait("Surface", "tool")]
    public void A_ciphertext_is_given_to_an_SM2_lock_in_the_form_its_maker_takes()
    {
        using var key = Bzt.Protocol.Secrets.SecretScalar.Random(SystemRandom.Instance);
        var plain = "0123456789abcdef"u8.ToArray();
        var der = Sm2Ciphertext.Encrypt(Sm2Group.MultiplyBase(key.Value), plain, SystemRandom.Instance).ToDer();
        foreach (var form in (string?[])[null, "der", "c1c3c2", "c1c2c3"])
        {
            var given = new LockSettings(Sm2Ciphertext: form).ToLock(der);
            Assert.Equal(form is null or "der" ? der.Length : 65 + 32 + 16, given.Length);
            Assert.True(Sm2Ciphertext.TryParse(given, out var parsed) && parsed!.TryDecrypt(key, SystemRandom.Instance, out var opened) && opened.AsSpan().SequenceEqual(plain), form);
        }

        Assert.NotEqual(new LockSettings(Sm2Ciphertext: "c1c3c2").ToLock(der), new LockSettings(Sm2Ciphertext: "c1c2c3").ToLock(der));
        Assert.Throws<ToolException>(() => new LockSettings(Sm2Ciphertext: "another").ToLock(der));
        Assert.Throws<ToolException>(() => new LockSettings().ToLock([1, 2, 3]));
        Assert.Equal((0x80000001UL, 17UL, (ulong?)null), (LockSettings.Mechanism("0x80000001"), LockSettings.Mechanism("17"), LockSettings.Mechanism(null)));
    }

    private static (int, string?) Failed(PeerResult run)
    {
        using var json = JsonDocument.Parse(run.Output.TrimEnd('\n').Split('\n')[^1]);
        return (run.ExitCode, json.RootElement.GetProperty("code").GetString());
    }

    private Task<PeerResult> RunAsync(string[] environment, string[] arguments) =>
        PeerProcess.Run("env", ["-u", "LC_ALL", "-u", "LC_MESSAGES", $"XDG_CONFIG_HOME={folder["xdg"]}", .. environment, "dotnet", Tool, .. arguments]);
}
