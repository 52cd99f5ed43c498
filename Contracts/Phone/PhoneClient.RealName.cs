namespace Bzt.Contracts.Phone;

// Real name, on its ways over a provider's page. The bank card is beside the account.
public sealed partial class PhoneClient
{
    /// <summary>The ways that are open here.</summary>
    public Task<RealNameWays> GetRealNameWaysAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.RealNameWays, BztJson.Default.RealNameWays, cancellation), cancellation);

    /// <summary>支付宝认证: answers the page to open. Repeat it with the same operation id after a failure.</summary>
    public Task<RealNameCheckInfo> ProveRealNameByAlipayAsync(PageRealNameRequest request, CancellationToken cancellation = default) => RepeatAsync(
        () => http.PostAsync(Routes.Phone.RealNameByAlipay, request, BztJson.Default.PageRealNameRequest, BztJson.Default.RealNameCheckInfo, cancellation), cancellation);

    /// <summary>中金认证 with face: answers the page to open. Refused with <c>consent_required</c> before the consent to face data. Repeat it with the same operation id after a failure.</summary>
    public Task<RealNameCheckInfo> ProveRealNameByFaceAsync(PageRealNameRequest request, CancellationToken cancellation = default) => RepeatAsync(
        () => http.PostAsync(Routes.Phone.RealNameByFace, request, BztJson.Default.PageRealNameRequest, BztJson.Default.RealNameCheckInfo, cancellation), cancellation);

    /// <summary>Where the operation stands; ask every few seconds while the person is away. Only the device that began it is answered.</summary>
    public Task<RealNameCheckInfo> GetRealNameCheckAsync(Guid operationId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.RealNameCheck, "operationId", operationId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.RealNameCheckInfo, cancellation), cancellation);
    }

    /// <summary>The person is back from the provider's page.</summary>
    /// <param name="operationId">As in the address that the page sent the browser to.</param>
    /// <param name="state">As in that address.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<RealNameCheckInfo> ReturnFromRealNamePageAsync(Guid operationId, string state, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.RealNameReturn, "operationId", operationId);
        return RepeatAsync(() => http.PostAsync(path, new RealNameReturn(state), BztJson.Default.RealNameReturn, BztJson.Default.RealNameCheckInfo, cancellation), cancellation);
    }

    /// <summary>Gives up: whatever the provider says later changes nothing.</summary>
    public Task<RealNameCheckInfo> CancelRealNameAsync(Guid operationId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.RealNameCancellation, "operationId", operationId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.RealNameCheckInfo, cancellation), cancellation);
    }
}
