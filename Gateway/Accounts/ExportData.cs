using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Applications;
using Bzt.Gateway.Certificates;
using Bzt.Gateway.Inbox;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Gateway.Wallets;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;

namespace Bzt.Gateway.Accounts;

/// <summary>导出个人数据 (M076): each part from the grain that owns it; the person's own data unmasked, after an SMS code on the active device.</summary>
internal static class ExportData
{
    private const int PageSize = 50;

    public static void Map(RouteGroupBuilder phones) =>
        phones.MapPost(Routes.Phone.Export, HandleAsync).WithSummary("Everything the service holds of the caller").Needs(PhoneAccess.FullDevice).Produces<AccountExport>();

    private static async Task<IResult> HandleAsync(ConfirmedRequest request, Caller caller, IGrainFactory grains, IProjectionStore projections, TimeProvider time, HttpContext http, CancellationToken aborted)
    {
        if (request.OperationId == Guid.Empty)
        {
            return Invalid.Member("operationId");
        }

        if (!LogIn.IsCode(request.Code))
        {
            return Invalid.Member("code");
        }

        // The code first: what follows is shown to nobody without it.
        var reply = await grains.User(caller.UserId).Export(request.OperationId, request.Code);
        if (reply is not Done<PersonalExport>(var personal))
        {
            return reply.ToHttp(_ => Results.Empty);
        }

        var owner = caller.UserId.ToString();
        var applications = await AllAsync(page => projections.ApplicationsOfOwnerAsync(owner, page, aborted));
        var applicationViews = await Task.WhenAll(applications.Select(row => grains.Application(new(Guid.Parse(row.ApplicationId))).GetView(caller.UserId)));
        var orders = await AllAsync(page => projections.OrdersOfOwnerAsync(owner, page, aborted));
        var held = await grains.Holder(caller.UserId).GetCertificates();
        var certificates = await Task.WhenAll(held.Select(id => grains.Certificate(id).GetView(GetCertificate.From(caller))));
        var operations = await Task.WhenAll(held.Select(id => OperationsAsync(id, grains)));
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(new AccountExport(
            time.GetUtcNow(),
            caller.UserId.Value,
            personal.RegisteredAt,
            personal.PhoneNumber,
            personal.Person?.Name,
            personal.Person?.IdNumber,
            personal.RealName?.ToContract(),
            personal.PasswordSetAt,
            personal.WeChatTiedAt,
            [.. personal.Devices.Select(device => Devices.ToContract(device, caller))],
            [.. personal.Consents.Select(consent => new ConsentInfo(consent.Document, consent.Version, consent.At, consent.WithdrawnAt))],
            [.. personal.Memberships.Select(GetMe.ToContract)],
            [.. applicationViews.OfType<Done<ApplicationView>>().Select(done => ApplicationAnswers.ToContract(done.Value))],
            [.. orders.Select(row => new OrderInfo(Guid.Parse(row.OrderId), row.Subject, (int)row.Amount, OrderProjector.StateOf(row), null, row.Created, null))],
            [.. certificates.OfType<Done<CertificateView>>().Select(done => GetCertificate.ToHttp(done.Value))],
            [.. operations.SelectMany(some => some)],
            await MessagesAsync(caller.UserId, grains),
            [.. (await grains.Wallet(caller.UserId).List()).Select(WalletsApi.ToContract)]), BztJson.Default.AccountExport);
    }

    private static async Task<List<T>> AllAsync<T>(Func<PageRequest, Task<Page<T>>> read)
    {
        var all = new List<T>();
        string? after = null;
        do
        {
            var page = await read(new PageRequest(PageSize, after));
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    private static async Task<List<OperationInfo>> OperationsAsync(CertificateId certificate, IGrainFactory grains)
    {
        var all = new List<OperationInfo>();
        for (long page = 0; await grains.Evidence(certificate, page).Read() is { Count: > 0 } records; page++)
        {
            all.AddRange(records.Select(record => new OperationInfo(
                certificate.Value, record.Kind, record.At, record.Request == Guid.Empty ? null : record.Request, FactOf(record, "platform"), FactOf(record, "project"))));
        }

        return all;
    }

    private static string? FactOf(EvidenceRecord record, string name) => record.Facts.FirstOrDefault(fact => fact.Name == name)?.Value;

    private static async Task<List<MessageInfo>> MessagesAsync(UserId user, IGrainFactory grains)
    {
        var all = new List<MessageInfo>();
        while (true)
        {
            var page = await grains.Inbox(user).GetPage(PageSize, all.LastOrDefault()?.MessageId);
            all.AddRange(page.Messages.Select(GetInbox.ToContract));
            if (page.Messages.Count < PageSize)
            {
                return all;
            }
        }
    }
}
