using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;

namespace Bzt.Gateway.Accounts;

/// <summary>User agreement, privacy policy, consent to face data: their texts, and what the caller agreed to (M076).</summary>
internal static class Consents
{
    private const int MaxVersion = 20;

    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapGet(Routes.Phone.Legal, ListAsync).WithName("listLegalTexts").WithSummary("The texts in force").Needs(PhoneAccess.Anyone).Produces<IReadOnlyList<LegalText>>();
        phones.MapGet(Routes.Phone.LegalText, GetAsync).WithName("getLegalText").WithSummary("A text in force: user_agreement, privacy_policy, face_data").Needs(PhoneAccess.Anyone).Produces<LegalText>();
        phones.MapPost(Routes.Phone.Consents, GiveAsync).WithName("giveConsent").WithSummary("Agrees to a text in force").Needs(PhoneAccess.Device).Produces(StatusCodes.Status204NoContent);
        phones.MapPost(Routes.Phone.FaceConsentWithdrawal, WithdrawAsync).WithName("withdrawFaceConsent").WithSummary("Withdraws the consent to face data").Needs(PhoneAccess.Device).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(IGrainFactory grains) => Results.Json<IReadOnlyList<LegalText>>(
        [.. (await grains.Legal().GetTexts()).Select(text => ToContract(text) with { Text = null })], BztJson.Default.IReadOnlyListLegalText);

    private static async Task<IResult> GetAsync(string document, IGrainFactory grains) =>
        (await grains.Legal().GetTexts()).FirstOrDefault(text => JsonNamingPolicy.SnakeCaseLower.ConvertName(text.Document.ToString()) == document) is { } found
            ? Results.Json(ToContract(found), BztJson.Default.LegalText)
            : new ProblemResult(ErrorCodes.NotFound);

    private static async Task<IResult> GiveAsync(ConsentRequest request, Caller caller, IGrainFactory grains) => request.Version.Length > MaxVersion
        ? Invalid.Member("version")
        : (await grains.User(caller.UserId).GiveConsents(caller.DeviceId, [new ConsentGiven(request.Document, request.Version)])).ToHttp(_ => Results.NoContent());

    private static async Task<IResult> WithdrawAsync(Caller caller, IGrainFactory grains) =>
        (await grains.User(caller.UserId).WithdrawConsent(LegalDocument.FaceData)).ToHttp(_ => Results.NoContent());

    private static LegalText ToContract(LegalTextView text) => new(text.Document, text.Version, text.Date, text.Title, text.Text);
}
