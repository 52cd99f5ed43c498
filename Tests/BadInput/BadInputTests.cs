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

    /// <summary>Right in form, though not in content: what is spoilt one member at a time.</summary>
    private static readonly Dictionary<string, string> Samples = new()
    {
        ["POST /phone/v1/sms-codes"] = """{"phoneNumber":"13800138000","purpose":"login"}""",
        ["POST /phone/v1/login/password"] = """{"phoneNumber":"13800138000","password":"correct horse","deviceName":"手机","accepted":{"userAgreement":"1.0","privacyPolicy":"1.0"}}""",
        ["POST /phone/v1/login/wechat"] = """{"code":"061WbGll2","state":"01a212625bb77fa6ae65635864885e2a.1795600000.aa","deviceName":"手机","accepted":{"userAgreement":"1.0","privacyPolicy":"1.0"}}""",
        ["POST /phone/v1/login/wechat/number"] = """{"ticket":"01a212625bb77fa6ae65635864885e2a","phoneNumber":"13800138000","code":"482913","deviceName":"手机","accepted":{"userAgreement":"1.0","privacyPolicy":"1.0"}}""",
        ["POST /phone/v1/me/wechat"] = """{"code":"061WbGll2","state":"01a212625bb77fa6ae65635864885e2a.1795600000.aa"}""",
        ["POST /phone/v1/number-changes"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","newPhoneNumber":"13800138000","code":"482913"}""",
        ["POST /phone/v1/me/export"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","code":"482913"}""",
        ["POST /phone/v1/me/closure"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","code":"482913"}""",
        ["POST /phone/v1/me/password"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","newPassword":"correct horse","code":"482913"}""",
        ["POST /phone/v1/me/consents"] = """{"document":"face_data","version":"1.0"}""",
        ["POST /phone/v1/me/sms-codes"] = """{"purpose":"change_number","newPhoneNumber":"13800138000"}""",
        ["POST /phone/v1/login"] = """{"phoneNumber":"13800138000","code":"482913","deviceName":"手机","accepted":{"userAgreement":"1.0","privacyPolicy":"1.0"}}""",
        ["POST /phone/v1/bank-cards"] = """{"operationId":"01a212625bb77fa6ae65635864885e2c","cardNumber":"6299990000000000012","phoneNumber":"19900000001"}""",
        ["POST /phone/v1/invoices"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","orderIds":["01a212625bb77fa6ae65635864885e2b"],"buyerName":"甲公司","buyerTaxNumber":"91420500MA0000001X"}""",
        ["POST /phone/v1/real-name/bank-card"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","name":"张三","idNumber":"420502199003074512","cardNumber":"6222021234567890123","phoneNumber":"13800138000"}""",
        ["POST /phone/v1/real-name/alipay"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","name":"张三","idNumber":"420502199003074512"}""",
        ["POST /phone/v1/real-name/face"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","name":"张三","idNumber":"420502199003074512"}""",
        ["POST /phone/v1/real-name/checks/{operationId}/return"] = """{"state":"AAAAAAAAAAAAAAAAAAAAAA"}""",
        ["POST /phone/v1/applications/claims"] = Claim,
        ["POST /phone/v1/applications/{applicationId}/resubmission"] = Claim,
        ["POST /phone/v1/certificates/{certificateId}/revocation"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","insist":false}""",
        ["POST /phone/v1/certificates/{certificateId}/pin/change-approval"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","code":"482913"}""",
        ["POST /phone/v1/certificates/{certificateId}/pin/reset"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","code":"482913"}""",
        ["POST /phone/v1/certificates/{certificateId}/pin/reset/waiver"] = """{"certificateId":"01a212625bb77fa6ae65635864885e2a"}""",
        ["POST /phone/v1/applications"] = Application,
        ["POST /phone/v1/applications/{applicationId}/correction"] = Application,
        ["POST /phone/v1/sessions/{sessionId}/seal"] = """{"seal":"enterprise"}""",
        ["POST /phone/v1/applications/{applicationId}/refusal"] = """{"reason":"不是本单位人员"}""",
        ["POST /phone/v1/applications/{applicationId}/letter"] = """{"certificateId":"01a212625bb77fa6ae65635864885e2a"}""",
        ["POST /phone/v1/enterprises/{creditCode}/administrator-check"] = """{"name":"张三","phoneNumber":"13800138000"}""",
        ["POST /phone/v1/enterprises/{creditCode}/transfer-wish"] = """{"name":"张三","phoneNumber":"13800138000"}""",
        ["POST /phone/v1/enterprises/{creditCode}/invitations"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","name":"张三","phoneNumber":"13800138000"}""",
        ["POST /phone/v1/enterprises/{creditCode}/transfers"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","member":"01a212625bb77fa6ae65635864885e2b","certificateId":"01a212625bb77fa6ae65635864885e2c"}""",
        ["POST /phone/v1/enterprises/{creditCode}/remittances"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","enterpriseName":"甲公司","accountTail":"123456","agreed":true}""",
        ["POST /phone/v1/application-form"] = """{"purpose":"claim","enterpriseName":"甲公司","creditCode":"91420500MA0000001X","legalRepresentativeName":"李四","legalRepresentativeIdNumber":"420502199003074512","platformId":"yichang-ggzy","caId":"yichang-ca","years":1}""",
        ["POST /phone/v1/licence-readings"] = """{"blobId":"aa"}""",
        ["POST /phone/v1/seal-sets"] = """{"formBlobId":"aa"}""",
        ["POST /phone/v1/seal-sets/{sealSetId}/crops"] = """{"kind":"enterprise","corners":[{"x":0.1,"y":0.1},{"x":0.4,"y":0.1},{"x":0.4,"y":0.4},{"x":0.1,"y":0.4}]}""",
        ["POST /phone/v1/sessions/{sessionId}/sealing-session"] = """{"sealingSessionId":"01a212625bb77fa6ae65635864885e2a","certificateId":"01a212625bb77fa6ae65635864885e2b","maxDocuments":5,"minutes":5,"automatic":true}""",
        ["POST /phone/v1/sealing-sessions/{sealingSessionId}/resumption"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a"}""",
        ["POST /phone/v1/scan"] = """{"link":"http://127.0.0.1/q?v=1"}""",
        ["POST /rp/v1/openings"] = """{"project":{"projectId":"P","name":"项目","openingTime":"2030-01-01T00:00:00Z"},"deadline":"2030-01-01T02:00:00Z","files":[{"fileId":"F-1","name":"投标文件","bidder":{"name":"甲公司","creditCode":"91420500MA0000001X"},"digest":"AAAA"}]}""",
        ["PATCH /rp/v1/openings/{openingId}"] = """{"reason":"网络故障","openingTime":null,"deadline":"2030-01-01T03:00:00Z"}""",
        ["POST /rp/v1/openings/{openingId}/files/{fileId}/reports"] = """{"sessionId":"01a212625bb77fa6ae65635864885e2a","outcome":"opened","sections":[{"name":"唱标信息","outcome":"opened"}]}""",
        ["POST /rp/v1/sessions"] = """{"kind":"seal","opening":{"openingId":"01a212625bb77fa6ae65635864885e2a","files":["F-1"]},"returnUrl":"https://platform.example/return","returnNonce":"0123456789012345678901","visitor":"v","challenge":null,"enterprise":{"name":"甲公司","creditCode":"91420500MA0000001X"},"project":{"projectId":"P","name":"项目","openingTime":"2030-01-01T00:00:00Z"},"documents":[{"form":"cms-pdf","toBeSigned":"AAAA"}],"decryption":{"toolKey":"AAAA","recipient":"this_pc","encryptionSerial":"0A","keys":[{"name":"a","ciphertext":"AAAA"}]},"useSealingSession":"01a212625bb77fa6ae65635864885e2a","timeoutSeconds":300}""",
        ["POST /rp/v1/sessions/{sessionId}/return"] = """{"value":"ABCD","nonce":"0123456789012345678901"}""",
        ["POST /rp/v1/verify"] = """{"signature":{"certificate":"AAAA","value":"AAAA","data":"AAAA"},"chain":["AAAA"],"at":"2030-01-01T00:00:00Z"}""",
        ["POST /rp/v1/mock-phone/scans"] = """{"number":"13900000001","link":"http://127.0.0.1/q?v=1"}""",
        ["PUT /phone/v1/push"] = """{"endpoint":"https://fcm.googleapis.com/fcm/send/a","p256dh":"AAAA","auth":"AAAA","serverKey":"AAAA"}""",
        ["PUT /rp/v1/callback-endpoint"] = """{"url":"https://platform.example/callbacks"}""",
        ["POST /rp/v1/callback-endpoint/secrets"] = """{"overlapSeconds":3600}""",
        ["POST /rp/v1/project-tokens"] = """{"project":{"projectId":"P","name":"项目","openingTime":"2030-01-01T00:00:00Z"},"creditCode":"91420500MA0000001X","toolKeyThumbprint":"AAAA","lifetimeSeconds":3600}""",
    };

    private const string Claim = """{"operationId":"01a212625bb77fa6ae65635864885e2a","enterpriseName":"甲公司","creditCode":"91420500MA0000001X","legalRepresentativeName":"李四","legalRepresentativeIdNumber":"420502199003074512","licenceBlobId":"aa","formBlobId":"bb","platformId":"yichang-ggzy","caId":"yichang-ca","years":1}""";

    private const string Application = """{"operationId":"01a212625bb77fa6ae65635864885e2a","kind":"join","enterpriseName":"甲公司","creditCode":"91420500MA0000001X","administratorName":"李四","administratorPhoneNumber":"13800138000","permissions":["login","seal"],"platformId":"yichang-ggzy","caId":"yichang-ca","years":1}""";

    private IEnumerable<Operation> ReadingJson => world.Operations.Where(operation => operation.JsonBody is not null);

    [Fact]
    public void The_document_names_every_operation_and_each_has_a_sample()
    {
        Assert.True(world.Operations.Count > 25, "The document is not read rightly.");
        Assert.Equal(Samples.Keys.Order(), ReadingJson.Select(operation => operation.Name).Order());
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
            faults.Add(Expect(ErrorCodes.InvalidRequest, $"{operation.Name} in a charset nobody knows", await SendAsync(operation, Encoding.UTF8.GetBytes(Samples[operation.Name]), "application/json; charset=nothing")));
            faults.Add(Expect(ErrorCodes.InvalidRequest, $"{operation.Name} a form", await SendAsync(operation, "a=b"u8.ToArray(), "application/x-www-form-urlencoded")));
        }
    });

    [Fact]
    public Task A_member_that_is_missing_null_or_of_another_type_is_named_and_its_value_is_not() => UnchangedAsync(async faults =>
    {
        foreach (var operation in ReadingJson)
        {
            var required = operation.JsonBody!["required"]?.AsArray().Select(name => name!.GetValue<string>()).ToHashSet() ?? [];
            foreach (var (what, spoilt, value) in Spoil(Samples[operation.Name], required))
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
                var body = operation.JsonBody is null ? null : Encoding.UTF8.GetBytes(Samples[operation.Name]);
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

    /// <summary>The sample with one member wrong; with the value that was put there, when it is one that could be recognised.</summary>
    private static IEnumerable<(string What, string Json, string? Value)> Spoil(string sample, IReadOnlySet<string> required)
    {
        foreach (var (name, value) in JsonNode.Parse(sample)!.AsObject().ToList())
        {
            if (required.Contains(name))
            {
                yield return ($"without {name}", With(sample, members => members.Remove(name)), null);
                if (value is not null)
                {
                    yield return ($"{name} null", With(sample, members => members[name] = null), null);
                }
            }

            yield return ($"{name} twice", "{" + JsonValue.Create(name).ToJsonString() + ":" + (value?.ToJsonString() ?? "null") + "," + sample.TrimStart()[1..], null);
            yield return ($"{name} an object", With(sample, members => members[name] = value is JsonObject ? JsonValue.Create("NOTANOBJECT") : new JsonObject { ["x"] = 1 }), null);
            yield return ($"{name} an array", With(sample, members => members[name] = value is JsonArray ? JsonValue.Create("NOTANARRAY") : new JsonArray(1)), null);
            yield return ($"{name} a boolean", With(sample, members => members[name] = true), null);
            if (value is not JsonValue text || text.GetValueKind() != System.Text.Json.JsonValueKind.String)
            {
                yield return ($"{name} a text", With(sample, members => members[name] = "SPOILTVALUE"), "SPOILTVALUE");
            }
            else
            {
                yield return ($"{name} a number", With(sample, members => members[name] = 731731731731), "731731731731");
            }

            if (value is JsonObject inner)
            {
                foreach (var (what, json, put) in Spoil(inner.ToJsonString(), inner.Select(member => member.Key).ToHashSet()))
                {
                    yield return ($"{name}.{what}", With(sample, members => members[name] = JsonNode.Parse(json)), put);
                }
            }
        }
    }

    private static string With(string sample, Action<JsonObject> change)
    {
        var members = JsonNode.Parse(sample)!.AsObject();
        change(members);
        return members.ToJsonString();
    }
}
