using System.Text.Json;

namespace Bzt.Contracts.Phone;

public sealed partial class PhoneClient
{
    /// <summary>申请书模板 with the entered data: a PDF to show, share or print.</summary>
    public Task<byte[]> GetApplicationFormAsync(ApplicationFormRequest request, CancellationToken cancellation = default)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(request, BztJson.Default.ApplicationFormRequest);
        return RepeatAsync(() => http.PostOctetsAsync(Routes.Phone.ApplicationForm, content, "application/json", cancellation), cancellation);
    }

    /// <summary>Has seals and signature cut out of an uploaded photo. The same photo is the same set.</summary>
    public Task<SealSetInfo> ExtractSealsAsync(string formBlobId, CancellationToken cancellation = default) => RepeatAsync(
        () => http.PostAsync(Routes.Phone.SealSets, new SealSetRequest(formBlobId), BztJson.Default.SealSetRequest, BztJson.Default.SealSetInfo, cancellation), cancellation);

    /// <summary>What was cut out.</summary>
    public Task<SealSetInfo> GetSealSetAsync(Guid sealSetId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.SealSet, "sealSetId", sealSetId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.SealSetInfo, cancellation), cancellation);
    }

    /// <summary>One cut-out, a transparent PNG.</summary>
    public Task<byte[]> GetSealPictureAsync(Guid sealSetId, SealKind kind, CancellationToken cancellation = default)
    {
        var path = KindOf(Route(Routes.Phone.SealSetPicture, "sealSetId", sealSetId), kind);
        return RepeatAsync(() => http.GetOctetsAsync(path, cancellation), cancellation);
    }

    /// <summary>Has one seal cut anew where the user says it is.</summary>
    public Task<SealSetInfo> CutSealAsync(Guid sealSetId, SealCropRequest crop, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.SealSetCrops, "sealSetId", sealSetId);
        return RepeatAsync(() => http.PostAsync(path, crop, BztJson.Default.SealCropRequest, BztJson.Default.SealSetInfo, cancellation), cancellation);
    }

    /// <summary>These are the seals. They become the enterprise's when the certificate applied for with this form is active.</summary>
    public Task<SealSetInfo> ConfirmSealsAsync(Guid sealSetId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.SealSetConfirmation, "sealSetId", sealSetId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.SealSetInfo, cancellation), cancellation);
    }

    /// <summary>The seals of an enterprise the user belongs to; <c>not_found</c> while it has none.</summary>
    public Task<EnterpriseSealsInfo> GetEnterpriseSealsAsync(string creditCode, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.EnterpriseSeals, "creditCode", creditCode);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.EnterpriseSealsInfo, cancellation), cancellation);
    }

    /// <summary>The picture of one of them, a transparent PNG.</summary>
    public Task<byte[]> GetEnterpriseSealPictureAsync(string creditCode, SealKind kind, CancellationToken cancellation = default)
    {
        var path = KindOf(Route(Routes.Phone.EnterpriseSealPicture, "creditCode", creditCode), kind);
        return RepeatAsync(() => http.GetOctetsAsync(path, cancellation), cancellation);
    }

    private static string KindOf(string template, SealKind kind) => Route(template, "kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()));
}
