using System.Globalization;

namespace Bzt.LoadTests.Runs;

/// <summary>An option <c>--name VALUE</c> and what stands for it when it is not given; without a placeholder it is there or not, and takes no value.</summary>
internal sealed record CommandOption(string Name, string Placeholder, string Default, string Text)
{
    public bool IsSwitch => Placeholder.Length == 0;

    /// <summary>For scenarios that start a cluster of their own.</summary>
    public static CommandOption OwnCluster { get; } = new("target", "cluster", "cluster", "a cluster started for the run: nobody else's");
}

/// <summary>Something the person at the terminal is told in one line.</summary>
internal sealed class CommandException(string message) : Exception(message);

/// <summary>The options of one command, all with a value. What a command does not know is refused, not passed over.</summary>
internal sealed class CommandOptions
{
    private const string SwitchedOn = "yes";

    private readonly string command;
    private readonly Dictionary<string, string> values;

    private CommandOptions(string command, Dictionary<string, string> values) => (this.command, this.values) = (command, values);

    /// <summary>Those with a value, by name.</summary>
    public IReadOnlyDictionary<string, string> Given => values.Where(value => value.Value.Length > 0).ToDictionary(StringComparer.Ordinal);

    public static CommandOptions Parse(string command, IReadOnlyList<CommandOption> known, IReadOnlyList<string> args)
    {
        var values = known.ToDictionary(option => option.Name, option => option.Default, StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (known.FirstOrDefault(option => option.Name == name) is not { } option)
            {
                throw new CommandException($"{command} does not know {args[i]}; loadtests {command} --help lists what it knows.");
            }

            values[name] = option.IsSwitch ? SwitchedOn : ++i < args.Count ? args[i] : throw new CommandException($"--{name} takes a value.");
        }

        return new CommandOptions(command, values);
    }

    public bool Has(string name) => values[name].Length > 0;

    public string Text(string name) => values[name];

    public double Number(string name) =>
        double.TryParse(values[name], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0 && double.IsFinite(number)
            ? number
            : throw new CommandException($"--{name} takes a number above zero, not “{values[name]}”.");

    public int Count(string name) =>
        int.TryParse(values[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new CommandException($"--{name} takes a whole number above zero, not “{values[name]}”.");

    public TimeSpan Seconds(string name) => TimeSpan.FromSeconds(Number(name));

    public T Choice<T>(string name) where T : struct, Enum =>
        Enum.TryParse<T>(values[name], ignoreCase: true, out var choice) && Enum.IsDefined(choice)
            ? choice
            : throw new CommandException($"--{name} of {command} is one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");
}
