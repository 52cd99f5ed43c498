using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;

namespace Bzt.Gateway.Enterprises;

/// <summary>转授管理员 (M040). The administrator's PIN is asked for by the certificate task of the transfer's id.</summary>
internal static class Transfers
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.EnterpriseTransfers, StartAsync)
            .WithName("startTransfer").WithSummary("Names a member who is to become the administrator")
            .WithDescription("Confirmed with the PIN as the certificate task of the same id; then the member is asked.")
            .Refuses(404, 409, 422).Produces<TransferInfo>();
        phones.MapGet(Routes.Phone.EnterpriseTransfer, GetAsync)
            .WithName("getTransfer").WithSummary("The newest transfer of the administrator, for the two it is between").Refuses(404, 422).Produces<TransferInfo>();
        phones.MapPost(Routes.Phone.EnterpriseTransferAcceptance, AcceptAsync)
            .WithName("acceptTransfer").WithSummary("The caller becomes the administrator").Refuses(404, 409, 422).Produces(StatusCodes.Status204NoContent);
        phones.MapPost(Routes.Phone.EnterpriseTransferRefusal, DeclineAsync)
            .WithName("declineTransfer").WithSummary("The caller does not want to become the administrator").Refuses(404, 409, 422).Produces(StatusCodes.Status204NoContent);
        phones.MapPost(Routes.Phone.EnterpriseTransferWithdrawal, WithdrawAsync)
            .WithName("withdrawTransfer").WithSummary("The administrator takes the transfer back").Refuses(404, 409, 422).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> StartAsync(string creditCode, TransferRequest request, Caller caller, IGrainFactory grains)
    {
        if (!grains.TryFind(creditCode, out _, out var enterprise))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        return request.OperationId == Guid.Empty
            ? Invalid.Member("operationId")
            : (await enterprise.StartTransfer(new StartTransfer(request.OperationId, caller.UserId, new UserId(request.Member), new CertificateId(request.CertificateId))))
                .ToHttp(view => Results.Json(ToContract(view), BztJson.Default.TransferInfo));
    }

    private static async Task<IResult> GetAsync(string creditCode, Caller caller, IGrainFactory grains) => grains.TryFind(creditCode, out _, out var enterprise)
        ? (await enterprise.GetTransfer(caller.UserId)).ToHttp(view => Results.Json(ToContract(view), BztJson.Default.TransferInfo))
        : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static async Task<IResult> AcceptAsync(string creditCode, Guid transferId, Caller caller, IGrainFactory grains) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.AcceptTransfer(caller.UserId, transferId)).ToHttp(_ => Results.NoContent())
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static async Task<IResult> DeclineAsync(string creditCode, Guid transferId, Caller caller, IGrainFactory grains) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.DeclineTransfer(caller.UserId, transferId)).ToHttp(_ => Results.NoContent())
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    private static async Task<IResult> WithdrawAsync(string creditCode, Guid transferId, Caller caller, IGrainFactory grains) =>
        grains.TryFind(creditCode, out _, out var enterprise)
            ? (await enterprise.WithdrawTransfer(caller.UserId, transferId)).ToHttp(_ => Results.NoContent())
            : new ProblemResult(ErrorCodes.CreditCodeInvalid);

    public static TransferInfo ToContract(TransferView view) => new(
        view.Id, view.Enterprise.Value, view.EnterpriseName, view.From.Value, view.To.Value, view.ToMaskedName, view.ToMaskedPhoneNumber, view.Certificate.Value,
        view.State, view.ExpiresAt);
}
