using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;

namespace Bzt.Gateway.Enterprises;

/// <summary>What was done about the enterprise and its people; append-only, for its administrator.</summary>
internal static class GetAudit
{
    private const int PageSize = 50;

    public static void Map(RouteGroupBuilder phones) => phones
        .MapGet(Routes.Phone.EnterpriseAudit, HandleAsync)
        .WithName("getEnterpriseAudit").WithSummary("What was done about the enterprise, newest first").Refuses(422).Produces<EnterpriseAudit>();

    private static async Task<IResult> HandleAsync(string creditCode, Caller caller, IGrainFactory grains, long? before = null)
    {
        if (!grains.TryFind(creditCode, out var code, out var enterprise))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        var length = await enterprise.GetAuditCount(caller.UserId);
        if (length is not Done<long>(var count))
        {
            return length.ToHttp(_ => Results.Empty);
        }

        // The newest records may still be on their way to their page: they are asked for again with the next look.
        var last = Math.Clamp((before ?? count + 1) - 1, 0, count);
        var first = Math.Max(1, last - PageSize + 1);
        var records = new List<EnterpriseAuditRecord>();
        for (var page = last == 0 ? 0 : EnterpriseAuditRecord.PageOf(last); last > 0 && page >= EnterpriseAuditRecord.PageOf(first); page--)
        {
            records.AddRange(await grains.EnterpriseAudit(code, page).Read());
        }

        return Results.Json(
            new EnterpriseAudit(
                [.. records.Where(record => record.Sequence >= first && record.Sequence <= last).OrderByDescending(record => record.Sequence).Select(ToContract)],
                first > 1 ? first : null),
            BztJson.Default.EnterpriseAudit);
    }

    private static EnterpriseAuditEntry ToContract(EnterpriseAuditRecord record) => new(
        record.Sequence, record.At, record.Actor?.Value, ToContract(record.Act), record.Subject?.Value, record.Detail);

    private static Contracts.Phone.EnterpriseAct ToContract(Grains.Enterprises.EnterpriseAct act) => act switch
    {
        Grains.Enterprises.EnterpriseAct.Claimed => Contracts.Phone.EnterpriseAct.Claimed,
        Grains.Enterprises.EnterpriseAct.MemberAdded => Contracts.Phone.EnterpriseAct.MemberAdded,
        Grains.Enterprises.EnterpriseAct.MemberRemoved => Contracts.Phone.EnterpriseAct.MemberRemoved,
        Grains.Enterprises.EnterpriseAct.AuthorisationGranted => Contracts.Phone.EnterpriseAct.AuthorisationGranted,
        Grains.Enterprises.EnterpriseAct.AuthorisationRevoked => Contracts.Phone.EnterpriseAct.AuthorisationRevoked,
        Grains.Enterprises.EnterpriseAct.Invited => Contracts.Phone.EnterpriseAct.Invited,
        Grains.Enterprises.EnterpriseAct.InvitationWithdrawn => Contracts.Phone.EnterpriseAct.InvitationWithdrawn,
        Grains.Enterprises.EnterpriseAct.InvitationAccepted => Contracts.Phone.EnterpriseAct.InvitationAccepted,
        Grains.Enterprises.EnterpriseAct.InvitationDeclined => Contracts.Phone.EnterpriseAct.InvitationDeclined,
        Grains.Enterprises.EnterpriseAct.TransferStarted => Contracts.Phone.EnterpriseAct.TransferStarted,
        Grains.Enterprises.EnterpriseAct.TransferConfirmed => Contracts.Phone.EnterpriseAct.TransferConfirmed,
        Grains.Enterprises.EnterpriseAct.TransferWithdrawn => Contracts.Phone.EnterpriseAct.TransferWithdrawn,
        Grains.Enterprises.EnterpriseAct.TransferDeclined => Contracts.Phone.EnterpriseAct.TransferDeclined,
        Grains.Enterprises.EnterpriseAct.AdministratorChanged => Contracts.Phone.EnterpriseAct.AdministratorChanged,
        Grains.Enterprises.EnterpriseAct.NameChanged => Contracts.Phone.EnterpriseAct.NameChanged,
        Grains.Enterprises.EnterpriseAct.SealingSessionStopped => Contracts.Phone.EnterpriseAct.SealingSessionStopped,
        _ => throw new InvalidOperationException($"A record of {act}."),
    };
}
