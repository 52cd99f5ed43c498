using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Protocol.Forms;
using Command = Bzt.Grains.Accounts.LogIn;

namespace Bzt.Gateway.Accounts;

/// <summary>Login by SMS code (M011) and by password (M012). The token is made here and goes to the device alone; the grain gets its hash.</summary>
internal static class LogIn
{
    private const int CodeLength = 6;
    private const int MaxDeviceName = 64;
    private const int MaxVersion = 20;

    /// <summary>Longer ones are refused before anything is computed.</summary>
    private const int MaxPassword = 64;

    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.Login, ByCodeAsync).WithSummary("Logs in with a code; the token is bound to the device key").Needs(PhoneAccess.DeviceKey).LimitByAddress(AddressUse.Login).Produces<LoginResponse>();
        phones.MapPost(Routes.Phone.PasswordLogin, ByPasswordAsync).WithName("logInByPassword").WithSummary("Logs in with the login password; the token is bound to the device key").Needs(PhoneAccess.DeviceKey).LimitByAddress(AddressUse.Login).Produces<LoginResponse>();
    }

    public static bool IsCode(string code) => code.Length == CodeLength && code.All(char.IsAsciiDigit);

    private static async Task<IResult> ByCodeAsync(LoginRequest request, DeviceKeyProof proof, PhoneNumberIndex numbers)
    {
        if (!IsCode(request.Code))
        {
            return Invalid.Member("code");
        }

        if (Refuse(request.PhoneNumber, request.DeviceName, request.Accepted) is { } refused)
        {
            return refused;
        }

        var (command, secret) = CommandOf(numbers.Hash(request.PhoneNumber), request.PhoneNumber, request.DeviceName, request.Accepted, proof);
        return Answer(await numbers.Find(request.PhoneNumber).LogIn(new LogInByCode(request.Code, command)), secret);
    }

    private static async Task<IResult> ByPasswordAsync(PasswordLoginRequest request, DeviceKeyProof proof, PhoneNumberIndex numbers)
    {
        if (request.Password.Length is 0 or > MaxPassword)
        {
            return Invalid.Member("password");
        }

        if (Refuse(request.PhoneNumber, request.DeviceName, request.Accepted) is { } refused)
        {
            return refused;
        }

        var (command, secret) = CommandOf(numbers.Hash(request.PhoneNumber), request.PhoneNumber, request.DeviceName, request.Accepted, proof);
        return Answer(await numbers.Find(request.PhoneNumber).LogInByPassword(new LogInByPassword(new Password(request.Password), command)), secret);
    }

    private static IResult? Refuse(string phoneNumber, string deviceName, AcceptedVersions? accepted) =>
        !PhoneNumber.IsMobile(phoneNumber) ? Invalid.Member("phoneNumber") : RefuseDevice(deviceName, accepted);

    public static IResult? RefuseDevice(string deviceName, AcceptedVersions? accepted) =>
        deviceName.Length is 0 or > MaxDeviceName || !VisibleText.Is(deviceName) ? Invalid.Member("deviceName")
        : accepted is not null && (accepted.UserAgreement.Length > MaxVersion || accepted.PrivacyPolicy.Length > MaxVersion) ? Invalid.Member("accepted")
        : null;

    public static (Command Command, byte[] Secret) CommandOf(string numberHash, string phoneNumber, string deviceName, AcceptedVersions? accepted, DeviceKeyProof proof)
    {
        var secret = AccessToken.NewSecret();
        ConsentGiven[] consents = accepted is null ? [] :
        [
            new(LegalDocument.UserAgreement, accepted.UserAgreement), new(LegalDocument.PrivacyPolicy, accepted.PrivacyPolicy),
        ];
        return (new Command(numberHash, phoneNumber, proof.PublicKey, proof.Jkt, deviceName, AccessToken.Hash(secret), consents), secret);
    }

    public static LoginResponse ToContract(LoggedIn logged, byte[] secret) =>
        new(AccessToken.Format(logged.User, logged.Device, secret), logged.User.Value, logged.Device.Value, logged.NewUser, logged.Limited);

    private static IResult Answer(Reply<LoggedIn> reply, byte[] secret) => reply.ToHttp(logged => Results.Json(ToContract(logged, secret), BztJson.Default.LoginResponse));
}
