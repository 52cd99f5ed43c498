using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Phones;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Accounts;

/// <summary>GET /app/about.json: whom to call, for people who are not logged in too.</summary>
internal static class GetAbout
{
    public static void Map(RouteGroupBuilder phones) => phones.MapGet(Routes.PhoneAppAbout, Get)
        .Needs(PhoneAccess.Anyone)
        .WithName("getAppAbout").WithSummary("Whom to call, and what else the phone app tells of this installation")
        .Produces<AppAbout>();

    private static IResult Get(IOptions<GatewayOptions> options) =>
        Results.Json(new AppAbout(options.Value.ConsultationPhone, options.Value.ConsultationHours), BztJson.Default.AppAbout);
}
