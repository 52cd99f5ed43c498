using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Contracts;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>The public surface under v1 is what <c>docs/platforms/openapi.json</c> says; it changes by a commit to that file.</summary>
public sealed class OpenApiTests
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_document_is_the_committed_one()
    {
        var file = Path.Combine(Root(), "docs", "platforms", "openapi.json");
        var now = (await DocumentAsync()).ToJsonString(Written).ReplaceLineEndings("\n") + "\n";
        var committed = File.Exists(file) ? (await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n") : "";
        if (now != committed)
        {
            // Beside the committed one, never over it: a second run must fail too.
            var changed = Path.Combine(Directory.CreateDirectory(Path.Combine(Root(), "TestResults")).FullName, "openapi.json");
            await File.WriteAllTextAsync(changed, now);
            Assert.Fail($"The API is no longer what docs/platforms/openapi.json says. {changed} holds the new document: if the change is meant and only adds, it takes the other's place.");
        }
    }

    [Fact]
    public async Task The_document_says_what_a_caller_needs()
    {
        var document = await DocumentAsync();
        Assert.Null(document["servers"]);
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (Path: path.Key, Operation: operation.Value!))).ToList();
        Assert.Equal(operations.Count, operations.Select(operation => (string)operation.Operation["operationId"]!).Distinct().Count());
        foreach (var (path, operation) in operations)
        {
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), $"{path} has no summary");
            var tag = (string)Assert.Single(operation["tags"]!.AsArray())!;
            Assert.Equal(path.StartsWith("/rp/", StringComparison.Ordinal) || path == Routes.Token ? "Platforms" : "Phone app", tag);
            Assert.NotNull(operation["security"]);
            if (path == Routes.Token)
            {
                continue;
            }

            foreach (var (status, response) in operation["responses"]!.AsObject().Where(response => response.Key[0] is '4' or '5'))
            {
                Assert.True("#/components/schemas/Problem" == (string?)response!["content"]!["application/problem+json"]!["schema"]!["$ref"], $"{path} {status}");
            }
        }

        // Nothing points to what is not there.
        var schemas = document["components"]!["schemas"]!.AsObject();
        foreach (var reference in References(document))
        {
            Assert.True(schemas.ContainsKey(reference["#/components/schemas/".Length..]), reference);
        }
    }

    [Fact]
    public async Task Every_example_of_a_session_opens_one()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system, maySignHashes: true);
        var examples = (await DocumentAsync())["paths"]![Routes.Platforms.Sessions]!["post"]!["requestBody"]!["content"]!["application/json"]!["examples"]!.AsObject();
        Assert.Equal(["login", "bind", "bindPerson", "seal", "sign"], examples.Select(example => example.Key));
        foreach (var (name, example) in examples)
        {
            using var content = new StringContent(example!["value"]!.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
            using var answer = await party.PostRawAsync(Routes.Platforms.Sessions, content);
            Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Created, $"{name}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private static async Task<JsonNode> DocumentAsync() =>
        JsonNode.Parse(await (await EmbeddedSystem.SharedAsync()).Gateway.GetStringAsync("/openapi/v1.json"))!;

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Key == "$ref" ? [(string)member.Value!] : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
