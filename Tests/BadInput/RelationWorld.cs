using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Bzt.Grains.Seals;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Enterprises;

namespace Bzt.Tests.BadInput;

/// <summary>
/// An enterprise that was handed over, its people and what is theirs, and another enterprise beside it. A member has a certificate, an authorisation,
/// an application that waits for the administrator and one the former administrator began; an invitation, a transfer, a remittance are open.
/// </summary>
public sealed class RelationWorld : IAsyncLifetime
{
    private EnterpriseWorld world = null!;
    private CertifiedPhone administrator = null!;
    private CertifiedPhone member = null!;
    private CertifiedPhone foreign = null!;
    private Person guest = null!;
    private Guid asked;
    private Guid given;
    private Guid invitation;
    private Guid transfer;
    private Guid authorisation;
    private Guid remittance;
    private Guid sealSet;
    private Guid order;

    /// <summary>Who stands in no other relation.</summary>
    internal TestPhone Staff { get; private set; } = null!;

    internal TestPhone Administrator => administrator.Phone;

    /// <summary>Handed over; 办事人员 since.</summary>
    internal TestPhone Former => world.Boss.Phone;

    /// <summary>Was 办事人员.</summary>
    internal TestPhone Removed { get; private set; } = null!;

    internal TestPhone ForeignAdministrator => foreign.Phone;

    internal TestPhone ForeignStaff { get; private set; } = null!;

    public IReadOnlyList<Operation> Operations { get; private set; } = [];

    /// <summary>Uploads of each, by his phone: nobody may name another's.</summary>
    internal IReadOnlyDictionary<TestPhone, string> Uploads { get; private set; } = new Dictionary<TestPhone, string>();

    internal Guid Member => member.Phone.Login!.UserId;

    internal Guid MembersCertificate => member.Certificate;

    internal Guid AdministratorsCertificate => administrator.Certificate;

    internal string Code => world.Code;

    internal string Name => world.Boss.Enterprise.Name;

    public async ValueTask InitializeAsync()
    {
        world = await EnterpriseWorld.StartAsync();
        var (system, boss) = (world.System, world.Boss);
        administrator = await boss.ColleagueAsync();
        member = await boss.ColleagueAsync();
        (Staff, Removed) = ((await world.MemberAsync()).Phone, (await world.MemberAsync()).Phone);
        var heir = await world.MemberAsync();
        guest = await world.RealNamedAsync();
        foreign = await CertifiedPhone.ActiveAsync(system);
        ForeignStaff = (await world.RealNamedAsync()).Phone;
        Assert.IsType<Done<Nothing>>(await system.Grains.Enterprise(new CreditCode(foreign.Enterprise.CreditCode)).AddMember(new AddMember(
            Guid.NewGuid(), new UserId(ForeignStaff.Login!.UserId), Grains.Enterprises.MemberVia.Join, "李*", "138****0002")));
        var uploads = new Dictionary<TestPhone, string>();
        foreach (var phone in (TestPhone[])[Staff, Removed, ForeignAdministrator, ForeignStaff, Former, Administrator])
        {
            uploads[phone] = (await phone.UploadAsync("form")).BlobId;
        }

        Uploads = uploads;
        await system.Grains.EnterpriseSeals(new CreditCode(Code)).Receive(new GiveSeals(
            Guid.NewGuid(), default, new UserId(world.BossId), system.Clock.GetUtcNow(), [new SealFacts(SealKind.Enterprise, uploads[Former], 40, 40)]));
        order = (await Wait.UntilAsync(() => boss.Client.GetApplicationsAsync(), found => found.Any(one => one.OrderId is not null))).Single().OrderId!.Value;

        // Of the member, and for him.
        sealSet = (await member.Client.ExtractSealsAsync((await member.Phone.UploadAsync("form")).BlobId)).SealSetId;
        authorisation = Guid.NewGuid();
        var now = system.Clock.GetUtcNow();
        Assert.IsType<Done<Nothing>>(await world.Grain.Grant(new GrantAuthorisation(
            authorisation, new UserId(Member), new PlatformId(CertifiedPhone.PlatformId), [AuthorisationScope.Login], new CertificateId(member.Certificate),
            now.AddMinutes(-1), now.AddYears(1), null, null)));
        asked = (await member.Client.ApplyAsync(OwnCertificate())).ApplicationId;
        given = (await boss.Client.ApplyAsync(Giving())).ApplicationId;
        await boss.Client.BeginSealAsync(given, boss.Certificate);

        // Handed over, and what the new administrator began.
        await HandOverAsync(boss, administrator);
        await administrator.Client.AcceptTransferAsync(Code, transfer);
        await Wait.UntilAsync(() => administrator.Client.GetMeAsync(), me => me.Enterprises.Any(one => one.Role == MemberRole.Administrator));
        await administrator.Client.RemoveMemberAsync(Code, Removed.Login!.UserId);
        await HandOverAsync(administrator, heir.Phone.Login!.UserId);
        invitation = (await administrator.Client.InviteAsync(Code, guest.Invitation())).InvitationId;
        remittance = (await guest.Client.BeginRemittanceAsync(Code, new RemittanceRequest(Guid.NewGuid(), Name, "123456", Agreed: true))).RemittanceId;
        await Wait.UntilAsync(() => administrator.Client.GetEnterpriseApplicationsAsync(Code), found => found.Count == 2);
        Operations = await HostileWorld.ReadOperationsAsync(system);
    }

    public async ValueTask DisposeAsync()
    {
        administrator.Dispose();
        member.Dispose();
        foreign.Dispose();
        await world.DisposeAsync();
    }

    /// <summary>新增企业证书, by whoever belongs to it.</summary>
    internal ApplicationRequest OwnCertificate() => new(Guid.NewGuid(), ApplicationKind.EnterpriseCertificate)
    {
        CreditCode = Code, PlatformId = "enshi-ggzy", CaId = "hubei-ca", Years = 1, Permissions = [AuthorisationScope.Login],
    };

    /// <summary>新增授权 to the member.</summary>
    internal ApplicationRequest Giving() => new(Guid.NewGuid(), ApplicationKind.Authorisation)
    {
        CreditCode = Code, Member = Member, PlatformId = "jingzhou-ggzy", CaId = "yichang-ca", Years = 1, Permissions = [AuthorisationScope.Seal],
    };

    internal AdministratorCheck RightAdministrator() => new(Administrator.Person.Name, Administrator.Person.Phone);

    /// <param name="template">A path of the document.</param>
    /// <param name="begunByFormer">The application is the one the former administrator began, not the one the member did.</param>
    internal string Fill(string template, bool begunByFormer) => template
        .Replace("{creditCode}", Code, StringComparison.Ordinal)
        .Replace("{userId}", Member.ToString(), StringComparison.Ordinal)
        .Replace("{applicationId}", (begunByFormer ? given : asked).ToString(), StringComparison.Ordinal)
        .Replace("{certificateId}", member.Certificate.ToString(), StringComparison.Ordinal)
        .Replace("{invitationId}", invitation.ToString(), StringComparison.Ordinal)
        .Replace("{transferId}", transfer.ToString(), StringComparison.Ordinal)
        .Replace("{authorisationId}", authorisation.ToString(), StringComparison.Ordinal)
        .Replace("{remittanceId}", remittance.ToString(), StringComparison.Ordinal)
        .Replace("{sealingSessionId}", transfer.ToString(), StringComparison.Ordinal)
        .Replace("{sealSetId}", sealSet.ToString(), StringComparison.Ordinal)
        .Replace("{orderId}", order.ToString(), StringComparison.Ordinal)
        .Replace("{platformId}", CertifiedPhone.PlatformId, StringComparison.Ordinal)
        .Replace("{kind}", "enterprise", StringComparison.Ordinal);

    /// <summary>All that a call of the table is about: equal before and after whatever was refused.</summary>
    internal async Task<string> SnapshotAsync()
    {
        await world.Grain.AsReference<IOutboxOwner>().DrainOutbox();
        return string.Join('\n', [
            JsonSerializer.Serialize(await administrator.Client.GetPeopleAsync(Code), BztJson.Default.EnterprisePeople),
            JsonSerializer.Serialize(await administrator.Client.GetTransferAsync(Code), BztJson.Default.TransferInfo),
            JsonSerializer.Serialize(await administrator.Client.GetAuthorisationsAsync(Code), BztJson.Default.IReadOnlyListAuthorisationInfo),
            JsonSerializer.Serialize(await administrator.Client.GetEnterpriseAuditAsync(Code), BztJson.Default.EnterpriseAudit),
            JsonSerializer.Serialize(await administrator.Client.GetEnterpriseSealsAsync(Code), BztJson.Default.EnterpriseSealsInfo),
            JsonSerializer.Serialize(await member.Client.GetApplicationAsync(asked), BztJson.Default.ApplicationInfo),
            JsonSerializer.Serialize(await member.Client.GetApplicationAsync(given), BztJson.Default.ApplicationInfo),
            JsonSerializer.Serialize(await member.Client.GetCertificateAsync(member.Certificate), BztJson.Default.CertificateInfo),
            JsonSerializer.Serialize(await member.Client.GetSealSetAsync(sealSet), BztJson.Default.SealSetInfo),
            JsonSerializer.Serialize(await guest.Client.GetRemittanceAsync(remittance), BztJson.Default.RemittanceInfo),
            JsonSerializer.Serialize(await world.Boss.Client.GetOrderAsync(order), BztJson.Default.OrderInfo),
            JsonSerializer.Serialize((await member.EvidenceAsync()).Entries.Select(entry => entry.Sequence))]);
    }

    private Task HandOverAsync(CertifiedPhone from, CertifiedPhone to) => HandOverAsync(from, to.Phone.Login!.UserId);

    /// <summary>Named and confirmed with the PIN; the member is asked.</summary>
    private async Task HandOverAsync(CertifiedPhone from, Guid to)
    {
        transfer = (await from.Client.StartTransferAsync(Code, new TransferRequest(Guid.NewGuid(), to, from.Certificate))).TransferId;
        Assert.IsType<PinOutcome.Done>(await from.Client.ConfirmTaskAsync(from.Certificate, transfer, CertifiedPhone.Pin, _ => true));
        await Wait.UntilAsync(() => from.Client.GetTransferAsync(Code), found => found.State == TransferState.AwaitingAcceptance);
    }
}
