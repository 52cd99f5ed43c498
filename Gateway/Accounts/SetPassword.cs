using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Command = Bzt.Grains.Accounts.SetPassword;

namespace Bzt.Gateway.Accounts;

/// <summary>修改登录密码, by the old one; 忘记原密码 and the first one, by SMS code (M012, M019).</summary>
internal static class SetPassword
{
    private const int Longest = 1024;

    public static void Map(RouteGroupBuilder phones) =>
        phones.MapPost(Routes.Phone.Password, HandleAsync).WithSummary("Sets, changes or resets the login password").Needs(PhoneAccess.FullDevice).LimitByAddress(AddressUse.Login).Produces(StatusCodes.Status204NoContent);

    private static async Task<IResult> HandleAsync(PasswordRequest request, Caller caller, IGrainFactory grains)
    {
        if (request.OperationId == Guid.Empty)
        {
            return Invalid.Member("operationId");
        }

        // What is too long is said to be unacceptable; what is far too long is not even looked at.
        if (request.NewPassword.Length > Longest)
        {
            return Invalid.Member("newPassword");
        }

        if (request.Code is { } code && (!LogIn.IsCode(code) || request.OldPassword is not null))
        {
            return Invalid.Member("code");
        }

        if (request.Code is null && request.OldPassword is not { Length: > 0 and <= Longest })
        {
            return Invalid.Member("oldPassword");
        }

        var reply = await grains.User(caller.UserId).SetPassword(new Command(
            request.OperationId, new Password(request.NewPassword), request.Code, request.OldPassword is { } old ? new Password(old) : null));
        return reply.ToHttp(_ => Results.NoContent());
    }
}
