using System.Collections.Immutable;
using Bzt.Contracts.Phone;
using Bzt.Grains.Applications;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Accounts;

// 注销账号, and what the account holds of its user.
public sealed partial class UserGrain
{
    private const int PageSize = 50;

    /// <summary>The last turn of a closure is under way.</summary>
    private bool closing;

    public async Task<IReadOnlyList<ClosureBlocker>> CheckClosure() =>
    [
        .. await AdministeredAsync(),
        .. await LiveCertificatesAsync(),
        .. await OpenApplicationsAsync(),
        .. await OpenOrdersAsync(),
    ];

    /// <remarks>
    /// Applications and orders come from the lists, which lag by moments: what the user began within them goes on without him and runs out, as if he
    /// never came back. What it may not leave behind is an enterprise without administrator. So in the last turn the account first says that it is being closed, and then asks the
    /// enterprises in turns of theirs: one that is about to make it the administrator looked before that and has done so, or looks after it and does not.
    /// </remarks>
    public async Task<Reply<Nothing>> Close(Guid operation, SmsCode code)
    {
        if ((await CheckClosure()).Count > 0)
        {
            return new Refusal(RefusalCode.ClosureBlocked);
        }

        return await UseCode(SmsCodePurpose.CloseAccount, code, $"close/{Id}/{operation:D}") is Refused<Nothing> wrong ? wrong : await StepAsync(steps => steps.FinishClosure());
    }

    public async Task<Reply<Nothing>> FinishClosure()
    {
        if (OwnNumber() is not { } number)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if ((await AdministeredAsync()).Count > 0)
        {
            return new Refusal(RefusalCode.ClosureBlocked);
        }

        closing = true;
        try
        {
            // Bounded: an account that is leaving its silo does not answer the enterprise, which would be waited for in vain. The closure is asked for again.
            return await IsMadeAdministratorAsync().WaitAsync(LongestStep, time) ? new Refusal(RefusalCode.ClosureBlocked) : await EndAsync(number);
        }
        finally
        {
            closing = false;
        }
    }

    public Task<Reply<Nothing>> MayAdminister() => Task.FromResult<Reply<Nothing>>(
        durable.ClosedAt is not null ? new Refusal(RefusalCode.AccountClosed)
        : closing ? new Refusal(RefusalCode.RateLimited, time.GetUtcNow() + LongestStep)
        : default(Nothing));

    private async Task<Reply<Nothing>> EndAsync(string number)
    {
        // The key goes, and every value sealed under it with it. The proof of consent stays: it names nobody.
        var outbox = durable.Outbox.AddClearInbox(Id).AddClearWallet(Id).AddReleaseNumber(Id, protector.KeyedHash("phone-number", number));
        outbox = durable.NumberChange is { Done: false } change ? outbox.AddReleaseNumber(Id, change.NumberHash) : outbox;
        outbox = durable.WeChat is { } tie ? outbox.AddReleaseWeChat(Id, tie.Account) : outbox;
        outbox = durable.RealName is { } name ? outbox.AddReleasePerson(Id, name.IdNumberHash) : outbox;
        await WriteAsync(new UserState { RegisteredAt = durable.RegisteredAt, ClosedAt = time.GetUtcNow(), Consents = durable.Consents, Outbox = outbox });
        return new Nothing();
    }

    public async Task<Reply<PersonalExport>> Export(Guid operation, SmsCode code)
    {
        if (await UseCode(SmsCodePurpose.ExportData, code, $"export/{Id}/{operation:D}") is Refused<Nothing>(var wrong))
        {
            return wrong;
        }

        // Closed meanwhile.
        if (OwnNumber() is not { } number || durable.RegisteredAt is not { } registered)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var devices = durable.Devices.Select(device => new DeviceView(
            new DeviceId(device.Id), device.Name, device.Active, DeviceRules.HasToken(device, time.GetUtcNow()), device.LoggedInAt, device.SeenAt ?? device.LoggedInAt));
        return new PersonalExport(
            number,
            await GetPerson() is Done<Person>(var person) ? person : null,
            durable.RealName is { } name ? Show(name) : null,
            registered,
            durable.Password?.At,
            durable.WeChat?.At,
            [.. devices],
            [.. durable.Memberships.Select(membership => new Membership(new CreditCode(membership.CreditCode), membership.EnterpriseName, membership.Role))],
            [.. (durable.Consents ?? []).Select(consent => new ConsentView(consent.Document, consent.Version, consent.At, consent.WithdrawnAt))]);
    }

    /// <summary>As each enterprise says now: what it tells this account may still be on its way.</summary>
    private async Task<IReadOnlyList<ClosureBlocker>> AdministeredAsync()
    {
        var blockers = new List<ClosureBlocker>();
        foreach (var membership in durable.Memberships)
        {
            if (membership.Role == MemberRole.Administrator || await GrainFactory.Enterprise(new CreditCode(membership.CreditCode)).IsAdministrator(Id))
            {
                blockers.Add(new ClosureBlocker(ClosureReason.Administrator, membership.EnterpriseName));
            }
        }

        return blockers;
    }

    /// <summary>Of its enterprises, and of those it applied to: what an approved application makes of it may still be on its way there.</summary>
    private async Task<bool> IsMadeAdministratorAsync()
    {
        var codes = durable.Memberships.Select(membership => membership.CreditCode).ToHashSet(StringComparer.Ordinal);
        var page = new Page<ApplicationRow>([], "");
        for (string? after = null; page.Next is not null; after = page.Next)
        {
            page = await projections.ApplicationsOfOwnerAsync(Id.ToString(), new PageRequest(PageSize, after));
            codes.UnionWith(page.Items.Select(row => row.Enterprise).OfType<string>());
        }

        foreach (var code in codes)
        {
            if (await GrainFactory.Enterprise(new CreditCode(code)).GetRole(Id) is Done<MemberRole>(MemberRole.Administrator))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<ImmutableArray<ClosureBlocker>> LiveCertificatesAsync()
    {
        var facts = await Task.WhenAll((await GrainFactory.Holder(Id).GetCertificates()).Select(id => GrainFactory.Certificate(id).GetFacts()));
        return [.. facts.OfType<Done<CertificateFacts>>().Select(done => done.Value)
            .Where(certificate => certificate.Holder == Id && certificate.State is not (CertificateState.Revoked or CertificateState.Expired or CertificateState.Abandoned))
            .Select(certificate => new ClosureBlocker(ClosureReason.Certificate, $"{certificate.EnterpriseName}（{certificate.CaName}）"))];
    }

    private async Task<ImmutableArray<ClosureBlocker>> OpenApplicationsAsync()
    {
        var open = ImmutableArray.CreateBuilder<ClosureBlocker>();
        var page = new Page<ApplicationRow>([], "");
        for (string? after = null; page.Next is not null; after = page.Next)
        {
            page = await projections.ApplicationsOfOwnerAsync(Id.ToString(), new PageRequest(PageSize, after));
            var views = await Task.WhenAll(page.Items.Select(row => GrainFactory.Application(new(Guid.Parse(row.ApplicationId))).GetView(Id)));
            open.AddRange(views.OfType<Done<ApplicationView>>().Select(done => done.Value)
                .Where(view => view.State is not (ApplicationState.Completed or ApplicationState.Cancelled or ApplicationState.Expired or ApplicationState.Rejected))
                .Select(view => new ClosureBlocker(ClosureReason.Application, view.EnterpriseName)));
        }

        return open.ToImmutable();
    }

    private async Task<ImmutableArray<ClosureBlocker>> OpenOrdersAsync()
    {
        var open = ImmutableArray.CreateBuilder<ClosureBlocker>();
        var page = new Page<OrderRow>([], "");
        for (string? after = null; page.Next is not null; after = page.Next)
        {
            page = await projections.OrdersOfOwnerAsync(Id.ToString(), new PageRequest(PageSize, after));
            open.AddRange(page.Items.Where(row => OrderProjector.StateOf(row) is OrderState.Open or OrderState.RefundDue).Select(row => new ClosureBlocker(ClosureReason.Order, row.Subject)));
        }

        return open.ToImmutable();
    }
}
