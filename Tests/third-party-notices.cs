// Writes THIRD-PARTY-NOTICES.md from what was restored: every package of the product, its version, licence and authors as the package itself says.
// Run after a build: dotnet run Tests/third-party-notices.cs
using System.Text.Json;
using System.Xml.Linq;

var packages = new SortedDictionary<string, (string Version, string Licence, string Authors)>(StringComparer.OrdinalIgnoreCase);
foreach (var file in Directory.EnumerateFiles(".", "project.assets.json", SearchOption.AllDirectories).Where(file => !file.Contains("/Tests/", StringComparison.Ordinal)))
{
    using var assets = JsonDocument.Parse(File.ReadAllBytes(file));
    var folders = assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
    foreach (var library in assets.RootElement.GetProperty("libraries").EnumerateObject().Where(library => library.Value.GetProperty("type").GetString() == "package"))
    {
        var parts = library.Name.Split('/');
        var folder = folders.Select(root => Path.Combine(root, library.Value.GetProperty("path").GetString()!)).FirstOrDefault(Directory.Exists);
        if (folder is null || packages.ContainsKey(parts[0]))
        {
            continue;
        }

        var metadata = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").First()).Root!.Elements().First();
        string? Text(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
        packages[parts[0]] = (parts[1], Text("license") ?? Text("licenseUrl") ?? "see the package", Text("authors") ?? "");
    }
}

if (packages.FirstOrDefault(package => package.Value.Licence.Contains("AGPL", StringComparison.OrdinalIgnoreCase)) is { Key: not null } forbidden)
{
    Console.Error.WriteLine($"{forbidden.Key} is under {forbidden.Value.Licence}; the product does not take it.");
    return 1;
}

using (var output = new StreamWriter("THIRD-PARTY-NOTICES.md"))
{
    output.WriteLine("# Third-party notices\n\nMade by `dotnet run Tests/third-party-notices.cs` from the restored packages.\n\n| package | version | licence | authors |\n|---|---|---|---|");
    foreach (var (name, package) in packages)
    {
        output.WriteLine($"| {name} | {package.Version} | {package.Licence} | {package.Authors.Replace("|", "", StringComparison.Ordinal)} |");
    }

    output.WriteLine("\nNot from NuGet: `zxing-wasm` (MIT; ZXing-C++ is Apache-2.0), vendored in `MobileApp/wwwroot/zxing`.");
}

Console.WriteLine($"{packages.Count} packages");
return 0;
