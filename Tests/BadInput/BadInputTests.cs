using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bzt.Contracts;
using Bzt.LoadTests.Fuzzing;

namespace Bzt.Tests.BadInput;

/// <summary>
/// Every operation the API's document names, sent what is not its input: a problem with a stable code each time, and nothing changed.
/// A new operation fails here until it has a sample of its right input.
/// </summary>
[Collection(HostileWorldCollection.Name)]
public sealed class BadInputTests(HostileWorld world)
{
    private const string Json = "application/json";

    private IEnumerable<Operation> ReadingJson => world.Operations.Where(operation => operation.JsonBody is not null);

    [Fact]
    public void The_document_names_every_operation_and_each_has_a_sample()
    {
        Assert.True(world.Operations.Count > 25, "The document is not read rightly.");
        Assert.Equal(RequestSamples.Of.Keys.Order(), ReadingJson.Select(operation => operation.Name).Order());
    }

    [Fact]
    public Task What_is_not_json_of_its_kind_is_refused() => UnchangedAsync(async faults =>
    {
        foreach (var operation in ReadingJson)
        {
            foreach (var text in (string[])["", "{", "null", "[]", "7", "\"text\"", "{}", "{\"a\":", "\u0000", new string('[', 200), "{}{}"])
            {
                faults.Add(Expect(ErrorCodes.InvalidRequest, $"{operation.Name} {text}", await SendAsync(operation, Encoding.UTF8.GetBytes(text))));
            }

            faults.Add(Expect(ErrorCodes.InvalidRequest, $"{operation.Name} not UTF-8", await SendAsync(operation, [0xFF, 0xFE, 0x7B, 0x7D])));
            faults.Add(Expect(ErrorCodes.InvalidRequest, $"{operation.Name} in a charset nobody knows", await SendAsync(operation, Encoding.UTF8.GetBytes(RequestSamples.Of[operation.Name]), "application/json; charset=nothing")));
            faults.Add(Expect(ErrorCodes.InvalidRequest, $"{operation.Name} a form", await SendAsync(operation, "a=b"u8.ToArray(), "application/x-www-form-urlencoded")));
        }
    });

    [Fact]
    public Task A_member_that_is_missing_null_or_of_another_type_is_named_and_its_value_is_not() => UnchangedAsync(async faults =>
    {
        foreach (var operation in ReadingJson)
        {
            var required = operation.JsonBody!["required"]?.AsArray().Select(name => name!.GetValue<string>()).ToHashSet() ?? [];
            foreach (var (what, spoilt, value) in SpoiltJson.Of(RequestSamples.Of[operation.Name], required))
            {
                var answer = await SendAsync(operation, Encoding.UTF8.GetBytes(spoilt));
                faults.Add(Expect(ErrorCodes.InvalidRequest, $"{operation.Name} {what}", answer));
                if (value is not null && answer.Body.Contains(value, StringComparison.Ordinal))
                {
                    faults.Add($"{operation.Name} {what}: the answer repeats the value");
                }
            }
        }
    });

    [Fact]
    public Task A_body_above_the_limit_is_refused() => UnchangedAsync(async faults =>
    {
        foreach (var operation in world.Operations.Where(operation => operation.HasBody))
        {
            // Right at its beginning, so that nothing but its length is wrong.
            var length = operation.Path switch
            {
                Routes.Phone.Blobs => (10 * 1024 * 1024) + 1,
                Routes.Phone.Exchange => (256 * 1024) + 1,
                Routes.Platforms.Sessions or Routes.Platforms.Verify => (768 * 1024) + 1,
                Routes.Platforms.Openings => (2 * 1024 * 1024) + 1,
                _ => (64 * 1024) + 1,
            };
            var content = new byte[length];
            content.AsSpan().Fill((byte)' ');
            (operation.Path == Routes.Phone.Blobs ? "%PDF-1.7"u8 : "{"u8).CopyTo(content);
            var mediaType = operation.Path switch { Routes.Phone.Blobs => "application/pdf", Routes.Phone.Exchange => "application/octet-stream", _ => Json };
            faults.Add(Expect(ErrorCodes.BodyTooLarge, operation.Name, await SendAsync(operation, content, mediaType)));
        }
    });

    [Fact]
    public Task Ids_that_nobody_has_and_ids_that_are_none_are_refused() => UnchangedAsync(async faults =>
    {
        foreach (var operation in world.Operations.Where(operation => operation.Path.Contains('{', StringComparison.Ordinal) && operation.Path != Routes.Phone.InboxRead))
        {
            foreach (var id in (string[])[Guid.NewGuid().ToString(), Guid.Empty.ToString(), "1", "-", "%2e%2e", new string('a', 300), "');DROP TABLE grain_state;--"])
            {
                var start = operation.Path.IndexOf('{', StringComparison.Ordinal);
                var path = string.Concat(operation.Path.AsSpan(0, start), Uri.EscapeDataString(Uri.UnescapeDataString(id)), operation.Path.AsSpan(operation.Path.IndexOf('}', StringComparison.Ordinal) + 1));
                var body = operation.JsonBody is null ? null : Encoding.UTF8.GetBytes(RequestSamples.Of[operation.Name]);
                var answer = await SenderOf(operation)(operation.Method, path + world.Query(operation.Path), body ?? (operation.HasBody ? [1, 2, 3] : null), operation.JsonBody is null ? "application/octet-stream" : Json);
                faults.Add(HostileWorld.Fault($"{operation.Name} {id}", answer));
            }
        }
    });

    [Theory]
    [InlineData("GET", Routes.Phone.Inbox + "?take=many")]
    [InlineData("GET", Routes.Phone.Enterprises)]
    [InlineData("GET", Routes.Phone.EnterpriseSearch)]
    [InlineData("GET", Routes.Phone.EnterpriseSearch + "?text=甲")]
    [InlineData("GET", Routes.Phone.EnterpriseSearch + "?text=%00%00")]
    [InlineData("GET", Routes.Phone.Enterprises + "?creditCode=91420500MA0000001Y")]
    [InlineData("GET", Routes.Phone.Enterprises + "?creditCode=91420500MA0000001X&name=%00")]
    [InlineData("POST", Routes.Phone.Blobs)]
    [InlineData("POST", Routes.Phone.Blobs + "?purpose=other")]
    [InlineData("GET", Routes.Platforms.Session + "?timeoutMs=-1")]
    [InlineData("GET", Routes.Platforms.Session + "?timeoutMs=120001")]
    [InlineData("GET", Routes.Platforms.Session + "?timeoutMs=soon")]
    [InlineData("GET", Routes.Platforms.Session + "?seen=sleeping")]
    public async Task A_query_that_cannot_be_read_is_refused(string method, string path)
    {
        var verb = HttpMethod.Parse(method);
        var (template, query) = (path.Split('?')[0], path.Contains('?', StringComparison.Ordinal) ? path[path.IndexOf('?', StringComparison.Ordinal)..] : "");
        var filled = template.Replace("{sessionId}", world.Session.SessionId.ToString(), StringComparison.Ordinal) + query;
        var answer = await SenderOf(template)(verb, filled, verb == HttpMethod.Post ? "%PDF-1.7"u8.ToArray() : null, "application/pdf");
        Assert.Null(HostileWorld.Fault(path, answer));
    }

    [Fact]
    public Task Files_that_are_none_of_the_three_kinds_are_refused() => UnchangedAsync(async faults =>
    {
        foreach (var file in (byte[][])["<svg onload='alert(1)'/>"u8.ToArray(), "<html>"u8.ToArray(), "MZ"u8.ToArray(), [], RandomNumberGenerator.GetBytes(1000)])
        {
            faults.Add(Expect(ErrorCodes.BlobTypeNotAllowed, Convert.ToHexString(file.AsSpan(0, Math.Min(8, file.Length))), await world.AsOwner(HttpMethod.Post, Routes.Phone.Blobs + "?purpose=form", file, "image/png")));
        }
    });

    [Fact]
    public async Task Forms_that_cannot_be_read_are_refused()
    {
        using var reviewer = await FuzzCaller.ReviewerAsync(world.System.Address, HostileWorld.ConsolePassword, TestContext.Current.CancellationToken);
        var tooLarge = Encoding.UTF8.GetBytes("reason=" + new string('a', 70_000));
        byte[][] beyondBounds = [Encoding.UTF8.GetBytes(new string('a', 3000) + "=1"), Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, 1100).Select(number => $"a{number}=1")))];
        foreach (var path in (string[])["/ca-console/login", "/ca-console/yichang-ca/applications/1/reject", "/payments/alipay/notify"])
        {
            Assert.Equal((413, "application/problem+json"), await PostAsync(path, tooLarge));
            foreach (var form in beyondBounds)
            {
                Assert.Equal((400, "application/problem+json"), await PostAsync(path, form));
            }

            Assert.Equal((400, "application/problem+json"), await PostAsync(path, "--a\r\n"u8.ToArray(), "multipart/form-data; boundary=a"));
        }

        foreach (var path in (string[])[Routes.Connect.PushedAuthorization, Routes.Connect.Authorize, Routes.Csc.PushedAuthorization, Routes.Token])
        {
            Assert.Equal(400, (await PostAsync(path, "client_id=a&state=%00"u8.ToArray())).Item1);
        }

        async Task<(int, string?)> PostAsync(string path, byte[] form, string mediaType = "application/x-www-form-urlencoded")
        {
            var operation = new ApiOperation("POST", path, [], new Dictionary<string, JsonObject>(), [], AnswersProblems: true);
            var answer = await reviewer.SendAsync(new FuzzedRequest(0, operation, "POST", path, [], form, mediaType, Chunked: false, ""), TestContext.Current.CancellationToken);
            return (answer.Status, answer.MediaType);
        }
    }

    [Theory]
    [InlineData("GET", Routes.Phone.EvidenceCheckpoints + "?after=soon", 400)]
    [InlineData("GET", Routes.Phone.EvidenceCheckpoints + "/first/leaves", 400)]
    [InlineData("GET", Routes.Phone.EvidenceCheckpoints + "/-1/leaves", 404)]
    [InlineData("GET", Routes.Phone.EvidenceCheckpoints + "/9223372036854775807/leaves", 404)]
    [InlineData("POST", Routes.PhoneAppTrust, 405)]
    [InlineData("POST", Routes.PhoneAppAbout, 405)]
    [InlineData("GET", "/evidence/nothing", 404)]
    public async Task What_routing_refuses_is_a_problem_outside_of_the_two_interfaces_too(string method, string path, int status)
    {
        var answer = await world.AsAnonymous(HttpMethod.Parse(method), path);
        Assert.Equal(status, answer.Status);
        Assert.Null(HostileWorld.Fault(path, answer));
    }

    /// <summary>Runs, then looks whether anything became of it, and whether a log says what it must not.</summary>
    private async Task UnchangedAsync(Func<List<string?>, Task> send)
    {
        var before = await world.SnapshotAsync();
        var faults = new List<string?>();
        await send(faults);
        Assert.True(faults.TrueForAll(fault => fault is null), string.Join('\n', faults.OfType<string>()));
        Assert.Equal(before, await world.SnapshotAsync());
        var log = world.Log.Text;
        Assert.DoesNotContain("A request failed", log, StringComparison.Ordinal);
        Assert.DoesNotContain("13800138000", log, StringComparison.Ordinal);
        Assert.DoesNotContain("420502199003074512", log, StringComparison.Ordinal);
        Assert.DoesNotContain("6222021234567890123", log, StringComparison.Ordinal);
    }

    private static string? Expect(string code, string what, Answer answer) =>
        HostileWorld.Fault(what, answer) ?? (answer.Code == code ? null : $"{what}: {answer.Code} in place of {code}");

    private Sender SenderOf(string path) => path.StartsWith("/rp/", StringComparison.Ordinal) ? world.AsPlatform : world.AsOwner;

    private Sender SenderOf(Operation operation) => SenderOf(operation.Path);

    private Task<Answer> SendAsync(Operation operation, byte[] content, string mediaType = Json) =>
        SenderOf(operation)(operation.Method, world.Fill(operation.Path), content, mediaType);
}
