using System.Net.Sockets;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Documents.BidFiles;
using Bzt.Protocol.Evidence;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>What opening gave, section by section, whichever way it was confirmed: one that fails spoils no other, and each is told.</summary>
internal sealed class OpenResults(UserInterface ui)
{
    private readonly List<string> opened = [];
    private readonly List<(string Name, Exception Failure)> failed = [];

    /// <param name="label">The file's, where there are several; otherwise empty.</param>
    /// <param name="section">The section's name.</param>
    public static string Named(string label, string section) => label == "" ? section : $"{label} / {section}";

    public void Add(string label, IReadOnlyList<OpenedSection> sections)
    {
        opened.AddRange(sections.Where(section => section.Failure is null).Select(section => Named(label, section.Name)));
        failed.AddRange(sections.Where(section => section.Failure is not null).Select(section => (Named(label, section.Name), section.Failure!)));
    }

    /// <summary>The files are open whether the service hears of it or not.</summary>
    public async Task TellAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception exception) when (exception is ApiRefusedException or HttpRequestException or SocketException)
        {
            ui.Done(Say("解密结果未能报告给开标记录", "The result could not be reported to the opening"), new Dictionary<string, object?> { ["reason"] = exception.Message });
        }
    }

    public void ShowNothing(string output) => ui.Done(Say("全部已解密", "All is open already"), new Dictionary<string, object?> { ["folder"] = output });

    /// <exception cref="ToolException">Not all is open.</exception>
    public void Show(string output)
    {
        if (opened.Count > 0)
        {
            ui.Done(Say("已解密", "Opened"), new Dictionary<string, object?> { ["folder"] = output, ["sections"] = string.Join("、", opened) });
        }

        foreach (var (name, failure) in failed.Count > 1 || opened.Count > 0 ? failed : [])
        {
            ui.Done(Say($"未解密 {name}", $"Not opened: {name}"), new Dictionary<string, object?> { ["section"] = name, ["reason"] = InWords(name, failure).Text });
        }

        if (failed.Count > 0)
        {
            var first = InWords(failed[0].Name, failed[0].Failure);
            throw failed.Count == 1 ? new ToolException(first.Code, first.Text) : new ToolException(first.Code, Say($"有 {failed.Count} 个部分未能解密：{first.Text}", $"{failed.Count} sections could not be opened: {first.Text}"));
        }
    }

    private static Failure InWords(string name, Exception failure) => failure is SectionKeyRefusedException
        ? new Failure("key_refused", Say($"“{name}”的密钥校验未通过", $"The key of {name} does not open"))
        : Failure.Of(failure) ?? throw failure;
}
