namespace Bzt.LoadTests;

/// <summary>A command of the tool: how it is used, and what runs it.</summary>
internal sealed record Command(string Usage, Func<string[], Task<int>> Handler)
{
    /// <summary>The value that follows an option, or null.</summary>
    public static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
