using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains.Accounts;

namespace Bzt.Gateway.Accounts;

internal static class LogIn
{
    private const int CodeLength = 6;
    private const int MaxDeviceName = 64;

    public static void Map(RouteGroupBuilder phones) =>
        phones.MapPost(Routes.Phone.Login, HandleAsync).WithSummary("Logs in with a code; the token is bound to the device key").Needs(PhoneAccess.DeviceKey).RequireRateLimiting(LoginRateLimit.Policy).Produces<LoginResponse>();

    private static async Task<IResult> HandleAsync(LoginRequest request, DeviceKeyProof proof, PhoneNumberIndex numbers)
    {
        if (!PhoneNumber.IsMobile(request.PhoneNumber))
        {
            return Invalid.Member("phoneNumber");
        }

        if (request.Code.Length != CodeLength || !request.Code.All(char.IsAsciiDigit))
        {
            return Invalid.Member("code");
        }

        if (request.DeviceName.Length is 0 or > MaxDeviceName || request.DeviceName.Any(char.IsControl))
        {
            return Invalid.Member("deviceName");
        }

        // The secret is made here and goes to the device alone; the grain gets its hash.
        var secret = AccessToken.NewSecret();
        var reply = await numbers.Find(request.PhoneNumber).LogIn(new LogInByCode(request.Code, new Grains.Accounts.LogIn(
            numbers.Hash(request.PhoneNumber), request.PhoneNumber, proof.PublicKey, proof.Jkt, request.DeviceName, AccessToken.Hash(secret))));
        return reply.ToHttp(logged => Results.Json(
            new LoginResponse(AccessToken.Format(logged.User, logged.Device, secret), logged.User.Value, logged.Device.Value, logged.NewUser, logged.Limited),
            BztJson.Default.LoginResponse));
    }
}
