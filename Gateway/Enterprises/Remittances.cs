using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Applications;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Remittances;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Remittances;

namespace Bzt.Gateway.Enterprises;

/// <summary>对公打款 (M035): membership without certificate.</summary>
internal static class Remittances
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.EnterpriseRemittances, BeginAsync)
            .WithName("beginRemittance").WithSummary("Wants to belong to an enterprise by a remittance from its account")
            .WithDescription("Makes nobody an administrator: that is whose enterprise certificate is downloaded first. A newer one replaces the caller's older one.")
            .Refuses(409, 422, 429).Produces<RemittanceInfo>();
        phones.MapGet(Routes.Phone.Remittance, GetAsync).WithName("getRemittance").WithSummary("How the remittance stands").Refuses(404).Produces<RemittanceInfo>();
    }

    private static async Task<IResult> BeginAsync(string creditCode, RemittanceRequest request, Caller caller, IGrainFactory grains, PublicAddress address)
    {
        if (!grains.TryFind(creditCode, out var code, out var enterprise))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        if (request.OperationId == Guid.Empty)
        {
            return Invalid.Member("operationId");
        }

        if (!EnterpriseNames.TryRead(request.EnterpriseName, out var name))
        {
            return Invalid.Member("enterpriseName");
        }

        if (request.AccountTail.Length != 6 || !request.AccountTail.All(char.IsAsciiDigit))
        {
            return Invalid.Member("accountTail");
        }

        if (!request.Agreed)
        {
            return Invalid.Member("agreed");
        }

        // Nobody else can name the same one. A crash between the two steps is mended by the phone's repeat.
        var id = ApplicationIds.Of(caller.UserId, request.OperationId).Value;
        var begun = await enterprise.BeginRemittance(new BeginRemittance(id, caller.UserId, name, request.AccountTail));
        return begun is Done<RemittanceTerms>(var terms)
            ? (await grains.Remittance(id).Open(new OpenRemittance(
                caller.UserId, terms.AmountFen, name, request.AccountTail, terms.ExpiresAt, new Uri(address.Of(RemittancesApi.Notification)),
                MembershipRemittances.OutboxKind, code.Value))).ToHttp(Json)
            : begun.ToHttp(_ => Results.Empty);
    }

    private static async Task<IResult> GetAsync(Guid remittanceId, Caller caller, IGrainFactory grains) =>
        (await grains.Remittance(remittanceId).GetView(caller.UserId)).ToHttp(Json);

    private static IResult Json(RemittanceView view) => Results.Json(
        new RemittanceInfo(
            view.Id, view.PayerName, view.AccountTail, view.AmountFen, view.Payee.Name, view.Payee.Bank, view.Payee.Account, ToContract(view.State), view.ExpiresAt,
            [.. view.Received.Select(received => new RemittanceReceived(received.AmountFen, received.ReceivedAt, ToContract(received.Verdict)))]),
        BztJson.Default.RemittanceInfo);

    private static Contracts.Phone.RemittanceState ToContract(Grains.Remittances.RemittanceState state) => state switch
    {
        Grains.Remittances.RemittanceState.Waiting => Contracts.Phone.RemittanceState.Waiting,
        Grains.Remittances.RemittanceState.Matched => Contracts.Phone.RemittanceState.Matched,
        Grains.Remittances.RemittanceState.Expired => Contracts.Phone.RemittanceState.Expired,
        Grains.Remittances.RemittanceState.Closed => Contracts.Phone.RemittanceState.Closed,
        _ => throw new InvalidOperationException($"A remittance in state {state}."),
    };

    private static Contracts.Phone.RemittanceVerdict ToContract(Grains.Remittances.RemittanceVerdict verdict) => verdict switch
    {
        Grains.Remittances.RemittanceVerdict.Matched => Contracts.Phone.RemittanceVerdict.Matched,
        Grains.Remittances.RemittanceVerdict.WrongAmount => Contracts.Phone.RemittanceVerdict.WrongAmount,
        Grains.Remittances.RemittanceVerdict.WrongPayer => Contracts.Phone.RemittanceVerdict.WrongPayer,
        Grains.Remittances.RemittanceVerdict.Late => Contracts.Phone.RemittanceVerdict.Late,
        Grains.Remittances.RemittanceVerdict.Doubled => Contracts.Phone.RemittanceVerdict.Doubled,
        _ => throw new InvalidOperationException($"A remittance judged as {verdict}."),
    };
}
