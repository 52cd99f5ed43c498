using Bzt.Contracts;
using Bzt.Gateway.Hosting;

namespace Bzt.Gateway.Csc;

/// <summary>The API of the Cloud Signature Consortium, version 2 (docs/platforms/csc.md), an endpoint a file. Its OAuth endpoints are OpenIddict's.</summary>
internal static class CscEndpoints
{
    public static void AddCsc(this WebApplicationBuilder builder) => builder.Services.AddSingleton<SignatureActivationData>();

    public static void MapCsc(this WebApplication app)
    {
        var group = app.MapGroup("").ExcludeFromDescription().LimitBody(BodyLimits.Default);
        GetInfo.Map(group);
        ListCredentials.Map(group);
        GetCredentialInfo.Map(group);
        AuthorizeCredential.Map(group);
        CheckAuthorization.Map(group);
        SignHash.Map(group);
        // CSC §10.1: a method that is not implemented says so in its own words.
        group.MapPost(Routes.Csc.Base + "/{**method}", () => new CscError(CscError.InvalidRequest, "The method is not implemented", StatusCodes.Status501NotImplemented));
    }

    internal static TBuilder For<TBuilder>(this TBuilder builder, CscAccess access) where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new CscAccessMetadata(access));
}
