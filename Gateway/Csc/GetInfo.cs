using System.Text.Json.Serialization;
using Bzt.Contracts;
using Bzt.Gateway.Hosting;

namespace Bzt.Gateway.Csc;

/// <summary>POST info (§11.1): what this service is and does.</summary>
internal static class GetInfo
{
    private const string Specs = "2.0.0.2";

    public static void Map(IEndpointRouteBuilder group) => group.MapPost(Routes.Csc.Info, Handle).For(CscAccess.Anyone);

    // No base address of OAuth's: clients find its endpoints by the issuer's metadata (RFC 8414), whichever path they lie under.
    private static IResult Handle(CscCall call, PublicAddress address) => Results.Json(
        new CscInfo(
            Specs, "标证通", address.Of("/app/icons/icon-192.png"), "CN", "zh-CN", "两方协同SM2远程签名：私钥分存于用户手机与服务端，每次签名由用户在手机上确认。",
            ["oauth2code"], address.Base.AbsoluteUri, false,
            ["credentials/list", "credentials/info", "credentials/authorize", "credentials/authorizeCheck", "signatures/signHash", "oauth2/authorize", "oauth2/pushed_authorize", "oauth2/token", "oauth2/revoke"],
            new CscSignAlgorithms([HashRequest.Sm2WithSm3]), new CscSignatureFormats([], []), []),
        CscJson.Wire.CscInfo);
}

internal sealed record CscInfo(
    string Specs,
    string Name,
    string Logo,
    string Region,
    string Lang,
    string Description,
    IReadOnlyList<string> AuthType,
    [property: JsonPropertyName("oauth2Issuer")] string OAuth2Issuer,
    bool AsynchronousOperationMode,
    IReadOnlyList<string> Methods,
    CscSignAlgorithms SignAlgorithms,
    [property: JsonPropertyName("signature_formats")] CscSignatureFormats SignatureFormats,
    [property: JsonPropertyName("conformance_levels")] IReadOnlyList<string> ConformanceLevels);

internal sealed record CscSignAlgorithms(IReadOnlyList<string> Algos);

internal sealed record CscSignatureFormats(
    IReadOnlyList<string> Formats,
    [property: JsonPropertyName("envelope_properties")] IReadOnlyList<IReadOnlyList<string>> EnvelopeProperties);
