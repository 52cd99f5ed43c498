using Bzt.BidTool.Sessions;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>Shows and changes the configuration file.</summary>
internal sealed class ConfigCommand(Invocation invocation)
{
    public void Show() => invocation.Ui.Done(
        invocation.ConfigurationPath,
        ToolConfiguration.Settings.Select(setting => (setting.Key, Value: setting.Value.Get(invocation.Configuration))).Where(setting => setting.Value is not null)
            .ToDictionary(setting => setting.Key, setting => (object?)setting.Value));

    /// <param name="name">A setting.</param>
    /// <param name="value">Null removes it.</param>
    public void Set(string name, string? value)
    {
        if (!ToolConfiguration.Settings.TryGetValue(name, out var setting))
        {
            var names = string.Join(Say("、", ", "), ToolConfiguration.Settings.Keys);
            throw new ToolException("config_unknown", Say($"没有设置项 {name}；有：{names}", $"There is no setting {name}; there is {names}"));
        }

        setting.With(invocation.Configuration, value).Save(invocation.ConfigurationPath);
        invocation.Ui.Done(invocation.ConfigurationPath, new Dictionary<string, object?> { [name] = value });
    }
}
