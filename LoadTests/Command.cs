namespace Bzt.LoadTests;

/// <summary>A command of the tool: how it is used, and what runs it.</summary>
internal sealed record Command(string Usage, Func<string[], Task<int>> Handler)
{
    public const string Help = "[--help]";

    /// <summary>Whether it tells its options itself; of the others the usage is all there is to tell.</summary>
    public bool HasHelp => Usage.StartsWith(Help, StringComparison.Ordinal);

    /// <summary>The value that follows an option, or null.</summary>
    public static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
