using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Wallets;

namespace Bzt.Gateway.Wallets;

/// <summary>银行卡管理 (M072): bind, list, unbind.</summary>
internal static class WalletsApi
{
    public static void MapWallets(this RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.BankCards, BindAsync).WithName("bindBankCard").WithSummary("Binds a bank card of the caller's own").Produces<BankCardInfo>();
        phones.MapGet(Routes.Phone.BankCards, ListAsync).WithName("listBankCards").WithSummary("The caller's bank cards").Produces<IReadOnlyList<BankCardInfo>>();
        phones.MapPost(Routes.Phone.BankCardUnbinding, UnbindAsync).WithName("unbindBankCard").WithSummary("Unbinds a bank card").Produces(StatusCodes.Status204NoContent);
    }

    public static BankCardInfo ToContract(BankCard card) => new(card.Card.Value, card.Bank, card.Ending, card.BoundAt);

    private static async Task<IResult> BindAsync(BankCardRequest request, Caller caller, IGrainFactory grains)
    {
        if (request.OperationId == Guid.Empty)
        {
            return Invalid.Member("operationId");
        }

        if (!BankCardNumber.IsValid(request.CardNumber))
        {
            return Invalid.Member("cardNumber");
        }

        if (!PhoneNumber.IsMobile(request.PhoneNumber))
        {
            return Invalid.Member("phoneNumber");
        }

        return (await grains.Wallet(caller.UserId).Bind(new BindBankCard(request.OperationId, request.CardNumber, request.PhoneNumber)))
            .ToHttp(card => Results.Json(ToContract(card), BztJson.Default.BankCardInfo));
    }

    private static async Task<IResult> ListAsync(Caller caller, IGrainFactory grains) =>
        Results.Json<IReadOnlyList<BankCardInfo>>([.. (await grains.Wallet(caller.UserId).List()).Select(ToContract)], BztJson.Default.IReadOnlyListBankCardInfo);

    private static async Task<IResult> UnbindAsync(Guid bankCardId, Caller caller, IGrainFactory grains) =>
        (await grains.Wallet(caller.UserId).Unbind(new BankCardId(bankCardId))).ToHttp(_ => Results.NoContent());
}
