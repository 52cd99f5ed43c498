using System.Text;
using System.Text.Json.Nodes;
using Bzt.Contracts;

namespace Bzt.Tests.BadInput;

/// <summary>What a platform's developer reads in the terminal when a request is refused: Chinese as it is, and what is missing by its name.</summary>
[Collection(HostileWorldCollection.Name)]
public sealed class RefusalTextTests(HostileWorld world)
{
    [Fact]
    public async Task A_refused_request_says_what_is_wrong_with_it_and_never_repeats_a_value()
    {
        foreach (var (body, detail) in new (string, string)[]
        {
            ("", "缺少请求内容"),
            ("{", "不是有效的JSON"),
            ("""{"kind":"nonsense-of-mine"}""", "内容不正确：kind"),
            ("""{"kind":"decrypt","project":{"projectId":"P"}}""", "缺少必填项：name, openingTime"),
            ("""{"kind":"login"}""", "login需要challenge"),
            ("""{"kind":"bind","challenge":"AAAA"}""", "bind需要challenge（32至64字节，base64）和enterprise"),
            ("""{"kind":"seal"}""", "需要documents"),
            ("""{"kind":"encrypt"}""", "需要project和一份bid-manifest"),
            ("""{"kind":"decrypt"}""", "需要project和decryption"),
            ("""{"kind":"withdraw"}""", "需要withdrawal"),
        })
        {
            var answer = await world.AsPlatform(HttpMethod.Post, Routes.Platforms.Sessions, Encoding.UTF8.GetBytes(body), "application/json");
            Assert.True(answer is { Status: 400, Code: ErrorCodes.InvalidRequest }, $"{body}: {answer.Status} {answer.Body}");
            Assert.Contains(detail, JsonNode.Parse(answer.Body)!["detail"]?.GetValue<string>() ?? "", StringComparison.Ordinal);
            Assert.Contains("\"title\":\"请求格式不正确\"", answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("nonsense-of-mine", answer.Body, StringComparison.Ordinal);
        }

        var typed = await world.AsPlatform(HttpMethod.Post, Routes.Platforms.Sessions, "{}"u8.ToArray(), "text/plain");
        Assert.Contains("不支持的Content-Type", typed.Body, StringComparison.Ordinal);
    }
}
