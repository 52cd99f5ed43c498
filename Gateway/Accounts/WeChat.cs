using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;

namespace Bzt.Gateway.Accounts;

/// <summary>微信登录 (M013): to the consent page, back with a code, the first time on to an SMS code; tying and untying in settings.</summary>
internal static class WeChat
{
    private const int MaxCode = 200;

    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.WeChatConsent, BeginAsync).WithName("beginWeChatLogin").WithSummary("WeChat's consent page for this device").Needs(PhoneAccess.DeviceKey).LimitByAddress(AddressUse.Login).Produces<WeChatConsentInfo>();
        phones.MapPost(Routes.Phone.WeChatLogin, LogInAsync).WithName("logInByWeChat").WithSummary("Logs in with what WeChat's consent page brought back").Needs(PhoneAccess.DeviceKey).LimitByAddress(AddressUse.Login).Produces<WeChatLoginResponse>();
        phones.MapPost(Routes.Phone.WeChatNumber, LogInByCodeAsync).WithName("logInByWeChatNumber").WithSummary("Ties a new WeChat user to a number by SMS code, and logs in").Needs(PhoneAccess.DeviceKey).LimitByAddress(AddressUse.Login).Produces<WeChatLoginResponse>();
        phones.MapPost(Routes.Phone.WeChatTie, TieAsync).WithName("tieWeChat").WithSummary("Ties WeChat to the account").Needs(PhoneAccess.FullDevice).LimitByAddress(AddressUse.Login).Produces(StatusCodes.Status204NoContent);
        phones.MapPost(Routes.Phone.WeChatUntie, UntieAsync).WithName("untieWeChat").WithSummary("WeChat no longer logs in").Needs(PhoneAccess.FullDevice).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> BeginAsync(DeviceKeyProof proof, IGrainFactory grains, PublicAddress address) =>
        (await grains.WeChatSignIn(Guid.NewGuid()).Begin(proof.Jkt, new Uri(address.Of(Routes.WeChatReturn))))
            .ToHttp(page => Results.Json(new WeChatConsentInfo(page), BztJson.Default.WeChatConsentInfo));

    private static async Task<IResult> LogInAsync(WeChatLoginRequest request, DeviceKeyProof proof, IGrainFactory grains)
    {
        if (Read(request.Code, request.State) is not ({ } id, { } back))
        {
            return new ProblemResult(ErrorCodes.WeChatRefused);
        }

        if (LogIn.RefuseDevice(request.DeviceName, request.Accepted) is { } refused)
        {
            return refused;
        }

        var (command, secret) = LogIn.CommandOf("", "", request.DeviceName, request.Accepted, proof);
        return Answer(await grains.WeChatSignIn(id).LogIn(back, command), secret, id);
    }

    private static async Task<IResult> LogInByCodeAsync(WeChatNumberRequest request, DeviceKeyProof proof, IGrainFactory grains, PhoneNumberIndex numbers)
    {
        if (!Guid.TryParseExact(request.Ticket, "N", out var id))
        {
            return new ProblemResult(ErrorCodes.WeChatTicketExpired);
        }

        if (!PhoneNumber.IsMobile(request.PhoneNumber))
        {
            return Invalid.Member("phoneNumber");
        }

        if (!LogIn.IsCode(request.Code))
        {
            return Invalid.Member("code");
        }

        if (LogIn.RefuseDevice(request.DeviceName, request.Accepted) is { } refused)
        {
            return refused;
        }

        var (command, secret) = LogIn.CommandOf(numbers.Hash(request.PhoneNumber), request.PhoneNumber, request.DeviceName, request.Accepted, proof);
        return Answer(await grains.WeChatSignIn(id).LogInByCode(new LogInByCode(request.Code, command)), secret, id);
    }

    private static async Task<IResult> TieAsync(WeChatTieRequest request, Caller caller, IGrainFactory grains) => Read(request.Code, request.State) is ({ } id, { } back)
        ? (await grains.WeChatSignIn(id).Tie(back, DpopProofs.ThumbprintOf(caller.DevicePublicKey), caller.UserId)).ToHttp(_ => Results.NoContent())
        : new ProblemResult(ErrorCodes.WeChatRefused);

    private static async Task<IResult> UntieAsync(Caller caller, IGrainFactory grains)
    {
        await grains.User(caller.UserId).UntieWeChat();
        return Results.NoContent();
    }

    /// <summary>The state parameter names the login it belongs to; the rest is its seal.</summary>
    private static (Guid? Id, WeChatReturn? Back) Read(string code, string state) =>
        code.Length is > 0 and <= MaxCode && state.Length < 128 && state.Split('.', 2) is [var id, var seal] && Guid.TryParseExact(id, "N", out var signIn)
            ? (signIn, new WeChatReturn(code, seal))
            : (null, null);

    private static IResult Answer(Reply<WeChatLogin> reply, byte[] secret, Guid id) => reply.ToHttp(login => Results.Json(
        new WeChatLoginResponse(login.LoggedIn is { } loggedIn ? LogIn.ToContract(loggedIn, secret) : null, login.LoggedIn is null ? id.ToString("N") : null, login.Tied),
        BztJson.Default.WeChatLoginResponse));
}
