using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Microsoft.OpenApi;

namespace Bzt.Gateway.OpenApi;

/// <summary>
/// Examples in the document of what platforms send and get, made from the records themselves, so that they cannot say what the API does not.
/// The tests send every request of them.
/// </summary>
internal static class PlatformExamples
{
    private static readonly Guid Session = Guid.Parse("019a8f3e-7b52-7c31-9d0e-5f2a61c4b8d7");
    private static readonly DateTimeOffset At = new(2026, 5, 11, 1, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Digest = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];
    private static readonly EnterpriseInfo Enterprise = new("宜昌楚江演示建设有限公司", "91420500MA1000001W");
    private static readonly EnterpriseInfo Rival = new("宜昌西陵演示工程有限公司", "91420500MA20000026");
    private static readonly ProjectInfo Project = new("YC-2026-0417", "宜昌市滨江路市政道路改造工程施工", At.AddDays(20));

    public static void Add(OpenApiOperation operation)
    {
        switch (operation.OperationId)
        {
            case "createSession":
                Requests(operation,
                    ("login", "扫码登录", Json(new CreateSessionRequest(SessionKind.Login) { Challenge = Digest, TimeoutSeconds = 300 }, BztJson.Default.CreateSessionRequest)),
                    ("bind", "扫码绑定", Json(new CreateSessionRequest(SessionKind.Bind) { Challenge = Digest, Enterprise = Enterprise }, BztJson.Default.CreateSessionRequest)),
                    ("bindPerson", "扫码绑定个人证书", Json(new CreateSessionRequest(SessionKind.Bind) { Challenge = Digest, Enterprise = new EnterpriseInfo("王建华", "") }, BztJson.Default.CreateSessionRequest)),
                    ("seal", "扫码签章，两份文件一次确认", Json(
                        new CreateSessionRequest(SessionKind.Seal) { Project = Project, Documents = [Letter("投标函.pdf"), Letter("已标价工程量清单.pdf")] }, BztJson.Default.CreateSessionRequest)),
                    ("sign", "仅摘要", Json(
                        new CreateSessionRequest(SessionKind.Sign) { Documents = [new DocumentRequest(SigningForms.HashOnly, new HashOnlyForm(Digest, "中标通知书").Content)] }, BztJson.Default.CreateSessionRequest)));
                Answer(operation, "201", Json(
                    new SessionCreated(Session, "AZqPPntSfDGdDl8qYcS413yZk1qfQmXkJ2w0sBf9mZE", Digest, "https://bzt.example/q", At.AddMinutes(5), At) { CreatedAt = At }, BztJson.Default.SessionCreated));
                break;
            case "getSession":
                Answer(operation, "200", Json(new SessionStatus(Session, SessionKind.Login, SessionState.Scanned, null, null, At.AddMinutes(5)), BztJson.Default.SessionStatus));
                break;
            case "cancelSession":
                Answer(operation, "200", Json(new SessionStatus(Session, SessionKind.Login, SessionState.Completed, SessionEnd.Cancelled, null, At.AddMinutes(5)), BztJson.Default.SessionStatus));
                break;
            case "createOpening":
                Requests(operation, ("opening", "两个投标人，一小时内解密", Json(
                    new CreateOpeningRequest(Project, Project.OpeningTime.AddHours(1), [new OpeningFile("F-1", "投标文件", Enterprise, Digest), new OpeningFile("F-2", "投标文件", Rival, Digest)]),
                    BztJson.Default.CreateOpeningRequest)));
                break;
            case "changeOpening":
                Requests(operation,
                    ("extend", "延长解密时间", Json(new ChangeOpeningRequest("网络故障") { Deadline = Project.OpeningTime.AddMinutes(90) }, BztJson.Default.ChangeOpeningRequest)),
                    ("postpone", "开标前推迟开标", Json(
                        new ChangeOpeningRequest("开标场地调整") { OpeningTime = Project.OpeningTime.AddHours(2), Deadline = Project.OpeningTime.AddHours(3) }, BztJson.Default.ChangeOpeningRequest)));
                Answer(operation, "200", Json(
                    new OpeningStatus(Session, Project, Project.OpeningTime.AddMinutes(90), OpeningState.Running, null, Project.OpeningTime.AddMinutes(30), 3600,
                        [new OpeningFileStatus("F-1", "投标文件", Enterprise, Digest, new OpeningJudgement(OpeningVerdict.Opened, OpeningCause.None, OpeningParty.Nobody), 1, Project.OpeningTime.AddMinutes(5))])
                    {
                        Changes = [new OpeningChange(Project.OpeningTime.AddMinutes(30), Project.OpeningTime, Project.OpeningTime.AddHours(1), Project.OpeningTime, Project.OpeningTime.AddMinutes(90), "网络故障")],
                    },
                    BztJson.Default.OpeningStatus));
                break;
            case "createProjectToken":
                Requests(operation, ("tender", "一个投标人，一个项目", Json(
                    new ProjectTokenRequest(Project, Enterprise.CreditCode, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", 12 * 60 * 60), BztJson.Default.ProjectTokenRequest)));
                break;
        }
    }

    private static DocumentRequest Letter(string name) => new(SigningForms.CmsPdf, new CmsPdfForm(name, Digest, Digest, At).Content);

    private static JsonNode Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(value, type)!;

    private static void Requests(OpenApiOperation operation, params ReadOnlySpan<(string Name, string Summary, JsonNode Value)> examples)
    {
        foreach (var media in operation.RequestBody?.Content?.Values ?? [])
        {
            media.Examples = new Dictionary<string, IOpenApiExample>();
            foreach (var (name, summary, value) in examples)
            {
                media.Examples.Add(name, new OpenApiExample { Summary = summary, Value = WithoutNulls(value) });
            }
        }
    }

    private static void Answer(OpenApiOperation operation, string status, JsonNode value)
    {
        foreach (var media in operation.Responses?.GetValueOrDefault(status)?.Content?.Values ?? [])
        {
            media.Example = value.DeepClone();
        }
    }

    /// <summary>What a caller leaves out.</summary>
    private static JsonNode WithoutNulls(JsonNode value)
    {
        var copy = value.DeepClone().AsObject();
        foreach (var name in copy.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            copy.Remove(name);
        }

        return copy;
    }
}
