using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;

namespace Bzt.Gateway.Accounts;

/// <summary>注销账号 (M076): says before and after what is in the way, what goes and what the law keeps.</summary>
internal static class CloseAccount
{
    private static readonly string[] Destroyed =
    [
        "手机号、姓名、身份证号码：销毁您的个人密钥，以其加密的信息随之无法恢复",
        "登录密码、微信绑定、全部设备的登录",
        "消息、已绑定的银行卡",
    ];

    private static readonly string[] Kept =
    [
        "与证书有关的身份查验资料和签名记录：保存至证书失效后五年（电子签名法第二十四条）",
        "订单、发票资料：依照会计档案管理办法的期限保存",
        "网络日志：保存不少于六个月（网络安全法第二十一条）",
        "您同意用户协议和隐私政策的版本与时间，其中不含您的身份信息",
        "您所在企业的人员名单中的掩码姓名：由该企业的管理员删除",
    ];

    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapGet(Routes.Phone.Closure, CheckAsync).WithName("checkClosure").WithSummary("What is in the way of closing the account, what goes, what stays").Needs(PhoneAccess.FullDevice).Produces<ClosureInfo>();
        phones.MapPost(Routes.Phone.Closure, CloseAsync).WithSummary("Closes the account").Needs(PhoneAccess.FullDevice).Produces<ClosureInfo>();
    }

    private static async Task<IResult> CheckAsync(Caller caller, IGrainFactory grains) =>
        Results.Json(Describe(await grains.User(caller.UserId).CheckClosure()), BztJson.Default.ClosureInfo);

    private static async Task<IResult> CloseAsync(ConfirmedRequest request, Caller caller, IGrainFactory grains)
    {
        if (request.OperationId == Guid.Empty)
        {
            return Invalid.Member("operationId");
        }

        if (!LogIn.IsCode(request.Code))
        {
            return Invalid.Member("code");
        }

        var user = grains.User(caller.UserId);
        var reply = await user.Close(request.OperationId, request.Code);
        return reply is Refused<Nothing> { Refusal.Code: RefusalCode.ClosureBlocked }
            ? new ProblemResult(ErrorCodes.ClosureBlocked) { Detail = string.Join('；', Describe(await user.CheckClosure()).Obstacles.Select(obstacle => $"{obstacle.Subject}：{obstacle.Text}")) }
            : reply.ToHttp(_ => Results.Json(Describe([]), BztJson.Default.ClosureInfo));
    }

    private static ClosureInfo Describe(IReadOnlyList<ClosureBlocker> blockers) => new(
        [.. blockers.Select(blocker => new ClosureObstacle(blocker.Reason, blocker.Subject, Text(blocker.Reason)))], Destroyed, Kept);

    private static string Text(ClosureReason reason) => reason switch
    {
        ClosureReason.Administrator => "您是该企业的管理员，请先转授管理员",
        ClosureReason.Certificate => "证书仍然有效，请先注销证书，或待其到期",
        ClosureReason.Application => "申请尚未结束，请先办结或撤回",
        ClosureReason.Order => "订单尚未支付或尚未退款，请先处理",
        _ => throw new InvalidOperationException($"An obstacle of kind {reason}."),
    };
}
