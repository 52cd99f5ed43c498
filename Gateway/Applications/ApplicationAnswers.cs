using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Applications;

namespace Bzt.Gateway.Applications;

internal static class ApplicationAnswers
{
    public static IResult Json(ApplicationView view) => Results.Json(ToContract(view), BztJson.Default.ApplicationInfo);

    public static IResult Json(OrderView view) => Results.Json(ToContract(view), BztJson.Default.OrderInfo);

    /// <summary>Hands in what was read; what could not be read is refused.</summary>
    public static async Task<IResult> HandInAsync<TCommand>((TCommand? Command, IResult? Refused) read, Func<TCommand, Task<Reply<ApplicationView>>> handIn) where TCommand : class =>
        read.Command is { } command ? (await handIn(command)).ToHttp(Json)
        : read.Refused ?? throw new InvalidOperationException("Neither a command nor a refusal.");

    public static ApplicationInfo ToContract(ApplicationView view) => new(
        view.Application.Value, view.Kind, view.State, view.EnterpriseName, view.CreditCode.Value, view.Platform.Value, view.Ca.Value,
        view.Years, view.FeeFen, view.RejectionReason, view.Order?.Value, view.Certificate?.Value,
        [.. view.Timeline.Select(step => new TimelineEntry(step.State, step.At, step.Note))])
    {
        HolderMaskedName = view.Holder?.MaskedName,
        HolderMaskedPhoneNumber = view.Holder?.MaskedPhoneNumber,
        Permissions = view.Permissions,
        HasLetter = view.HasLetter,
        ExpiresAt = view.ExpiresAt,
    };

    public static OrderInfo ToContract(OrderView view) => new(
        view.Order.Value, view.Subject, view.AmountFen, view.State, view.PayUrl, view.CreatedAt, view.PaidAt, view.PayWays,
        view.Application?.Value, view.PaidThrough, (int)view.RefundedFen, view.RefundedAt);
}
