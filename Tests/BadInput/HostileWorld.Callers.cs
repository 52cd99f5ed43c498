using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.BidTool.Sessions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.BadInput;

/// <summary>What came back.</summary>
public sealed record Answer(int Status, string? Code, string Body)
{
    public bool Succeeded => Status is >= 200 and < 300;
}

/// <summary>Somebody who sends requests as he likes.</summary>
public delegate Task<Answer> Sender(HttpMethod method, string path, byte[]? content = null, string? mediaType = null);

// Who sends.
public partial class HostileWorld
{
    public Sender AsAnonymous => (method, path, content, mediaType) => SendAsync(System.Gateway, method, path, content, mediaType);

    public Sender AsOwner => AsPhone(Owner.Phone);

    public Sender AsOther => AsPhone(Other);

    public Sender AsLimited => AsPhone(Limited);

    public Sender AsPlatform => AsClient(CertifiedPhone.PlatformId, CertifiedPhone.PlatformSecret);

    public Sender AsOtherPlatform => AsClient(OtherPlatformId, OtherPlatformSecret);

    public Sender AsTool => AsHolderOf(toolKey);

    /// <summary>The tool's token, stolen: another key signs.</summary>
    public Sender AsThiefOfToken => AsHolderOf(strangeKey);

    private static async Task<Answer> SendAsync(HttpClient http, HttpMethod method, string path, byte[]? content, string? mediaType)
    {
        using var request = new HttpRequestMessage(method, path);
        if (content is not null)
        {
            request.Content = new ByteArrayContent(content) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType!) } };
        }

        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        var code = response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? JsonNode.Parse(body)!["code"]?.GetValue<string>() : null;
        return new Answer((int)response.StatusCode, code, body);
    }

    internal static Sender AsPhone(TestPhone phone) => async (method, path, content, mediaType) =>
    {
        try
        {
            using var response = await phone.Http.SendAsync(method, path, content, mediaType);
            return new Answer((int)response.StatusCode, null, await response.Content.ReadAsStringAsync());
        }
        catch (ApiRefusedException refused)
        {
            return new Answer(refused.Problem.Status, refused.Code, JsonSerializer.Serialize(refused.Problem, BztJson.Default.Problem));
        }
        catch (HttpRequestException exception) when (exception.StatusCode is { } status)
        {
            return new Answer((int)status, null, exception.Message);
        }
    };

    private Sender AsClient(string id, string secret)
    {
        var http = new HttpClient(new ClientCredentialsHandler(System.Gateway, id, secret, System.Clock) { InnerHandler = new HttpClientHandler() }) { BaseAddress = System.Address };
        return (method, path, content, mediaType) => SendAsync(http, method, path, content, mediaType);
    }

    private Sender AsHolderOf(EcdsaDeviceKey key)
    {
        var http = new HttpClient(new ToolHandler(ProjectToken, key)) { BaseAddress = System.Address };
        return (method, path, content, mediaType) => SendAsync(http, method, path, content, mediaType);
    }
}
