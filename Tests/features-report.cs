// Reads docs/features.md and the test results, writes TestResults/features.tsv (row, surface, proven|missing, tests), and prints the counts.
// A test of a later results file takes the place of the same test in an earlier one.
// Run by test.sh: dotnet run Tests/features-report.cs -- docs/features.md TestResults/features.tsv TestResults/tests.xml ...
using System.Text.RegularExpressions;
using System.Xml.Linq;

if (args.Length < 3)
{
    Console.Error.WriteLine("usage: features-report FEATURES.md OUT.tsv RESULTS.xml ...");
    return 2;
}

var rows =
    from line in File.ReadLines(args[0])
    let cells = line.Split('|')
    where cells.Length >= 6 && Regex.IsMatch(cells[1].Trim(), "^[MX][0-9]{3}$|^X[0-9]{2}$")
    let surfaces = cells[^3].Trim()
    where surfaces != "through others"
    from surface in surfaces.Split(',', StringSplitOptions.TrimEntries)
    select (Row: cells[1].Trim(), Surface: surface);

var tests = args[2..].SelectMany(file => XDocument.Load(file).Descendants("test")).GroupBy(test => (string)test.Attribute("name")!).Select(group => group.Last()).Select(test => new
{
    Name = (string)test.Attribute("name")!,
    Result = (string)test.Attribute("result")!,
    Features = Traits(test, "Feature"),
    Surfaces = Traits(test, "Surface"),
}).ToList();

var known = rows.ToHashSet();
var stray = tests.SelectMany(test => from feature in test.Features from surface in test.Surfaces select (feature, surface, test.Name))
    .Where(tag => !known.Contains((tag.feature, tag.surface))).Select(tag => $"{tag.feature}/{tag.surface} in {tag.Name}").Distinct().ToList();

var proven = 0;
var total = 0;
using (var output = new StreamWriter(args[1]))
{
    foreach (var (row, surface) in rows)
    {
        var its = tests.Where(test => test.Features.Contains(row) && test.Surfaces.Contains(surface)).ToList();
        var isProven = its.Count > 0 && its.All(test => test.Result == "Pass");
        total++;
        proven += isProven ? 1 : 0;
        output.WriteLine(string.Join('\t', row, surface, isProven ? "proven" : "missing", string.Join(' ', its.Select(test => test.Name.Split('(')[0]).Distinct())));
    }
}

Console.WriteLine($"{proven} of {total} rows and surfaces proven, {total - proven} missing ({args[1]})");
foreach (var tag in stray)
{
    Console.WriteLine($"tagged, but not a row and surface of the table: {tag}");
}

return 0;

static List<string> Traits(XElement test, string name) =>
    [.. test.Descendants("trait").Where(trait => (string?)trait.Attribute("name") == name).Select(trait => (string)trait.Attribute("value")!)];
