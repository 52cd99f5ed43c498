using System.Reflection;
using System.Text.RegularExpressions;
using Bzt.Grains.Retention;
using Bzt.Samples.Demo;
using Orleans.Runtime;

namespace Bzt.Tests.Retention;

/// <summary>
/// docs/storage.md says of every grain's state and of every table when it ends, or why it does not: a new one without a word there fails here,
/// and so does a word about what is not there, or a period that is not the round's.
/// </summary>
public sealed partial class EverythingEndsTests
{
    private static readonly Lazy<IReadOnlyList<(IReadOnlyList<string> Names, string Ends)>> Table = new(Read);

    [Fact]
    public void Every_state_and_every_table_has_its_end()
    {
        var states = typeof(RetentionGrain).Assembly.GetTypes()
            .SelectMany(type => type.GetConstructors().SelectMany(constructor => constructor.GetParameters()))
            .Select(parameter => parameter.GetCustomAttribute<PersistentStateAttribute>()?.StateName).OfType<string>().ToList();
        Assert.True(states.Count > 40, $"{states.Count} states.");
        var tables = Directory.EnumerateFiles(Path.Combine(Binaries.Repository, "Silo/Storage/Migrations"), "*.sql", SearchOption.AllDirectories)
            .SelectMany(file => CreateTable().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToList();
        Assert.Contains("OrleansStorage", tables);

        var named = Table.Value.SelectMany(row => row.Names).ToList();
        Assert.Equal(named.Count, named.Distinct(StringComparer.Ordinal).Count());
        string[] have = [.. states.Concat(tables).Append("schema_migration").Distinct(StringComparer.Ordinal)];
        Assert.True(!have.Except(named).Any(), $"Without a period in docs/storage.md: {string.Join(", ", have.Except(named))}");
        Assert.True(!named.Except(have).Any(), $"In docs/storage.md, and not there: {string.Join(", ", named.Except(have))}");
        Assert.All(Table.Value, row => Assert.True(row.Ends.Length > 10, string.Join(", ", row.Names)));
    }

    [Fact]
    public void What_the_round_ends_by_its_rest_is_said_with_its_period()
    {
        RetentionOptions options = new();
        foreach (var resting in RestingRows.Of(options))
        {
            var (type, state) = (resting.Type.Split('/')[0], resting.Type.Split('/')[1]);
            Assert.Equal(type, state);
            var row = Assert.Single(Table.Value, row => row.Names.Contains(state));
            var said = resting.After.TotalDays == options.SessionDays ? "`Retention:SessionDays`"
                : resting.After.TotalDays > 5 * 365 ? "`Retention:CertificateYears`"
                : resting.After.TotalDays == 1 ? "a day" : $"{resting.After.TotalDays} days";
            Assert.Contains(said, row.Ends, StringComparison.Ordinal);
        }
    }

    private static IReadOnlyList<(IReadOnlyList<string> Names, string Ends)> Read()
    {
        var text = File.ReadAllText(Path.Combine(Binaries.Repository, "docs/storage.md"));
        var section = text[text.IndexOf("## What ends when", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 5, StringComparison.Ordinal)];
        return [.. section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|'))
            .Select(cells => ((IReadOnlyList<string>)[.. Name().Matches(cells[1]).Select(match => match.Groups[1].Value)], cells[2].Trim()))];
    }

    [GeneratedRegex(@"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")]
    private static partial Regex CreateTable();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
