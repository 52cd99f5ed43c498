using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.BadInput;

/// <summary>
/// Who may do what about an enterprise, by how he stands to it: the second half of <see cref="AuthorisationTests"/>. Every operation about an enterprise,
/// its people and what is theirs stands in the table. The requests are good ones about things that exist: nothing but the caller is wrong with them.
/// </summary>
public sealed class RelationTests(RelationWorld world) : IClassFixture<RelationWorld>
{
    private const string Ok = "";
    private const string Missing = ErrorCodes.NotFound;
    private const string Forbidden = ErrorCodes.Forbidden;
    private const string NotMember = ErrorCodes.NotMember;

    private static readonly string[] AboutTheCaller = [ErrorCodes.Unauthenticated, ErrorCodes.DeviceLimited, Missing, Forbidden, NotMember];

    private static readonly string[] Subjects =
    [
        "/phone/v1/enterprises/{", "/phone/v1/remittances/{", "/phone/v1/applications/{", "/phone/v1/certificates/{", "/phone/v1/seal-sets/{", "/phone/v1/orders/{",
    ];

    /// <param name="Staff">A member who is neither the administrator nor the one it is about.</param>
    /// <param name="Foreign">Staff, and the administrator, of another enterprise.</param>
    /// <param name="Former">The administrator before this one, staff since.</param>
    /// <param name="Removed">A member once.</param>
    private sealed record Row(string Operation, string Staff, string Foreign, string Former, string Removed, string Administrator)
    {
        /// <summary>A good request of that caller.</summary>
        public Func<RelationWorld, TestPhone, object>? Body { get; init; }

        /// <summary>About the application the former administrator began.</summary>
        public bool BegunByFormer { get; init; }
    }

    // The calls that are served are made in this order, each upon what those before left.
    private static readonly Row[] Table =
    [
        new("GET /phone/v1/enterprises/{creditCode}/people", Ok, Forbidden, Ok, Forbidden, Ok),
        Administrators("GET /phone/v1/enterprises/{creditCode}/people/{userId}/unopened-bids"),
        Administrators("GET /phone/v1/enterprises/{creditCode}/audit"),
        new("GET /phone/v1/enterprises/{creditCode}/authorisations", Ok, Forbidden, Ok, Forbidden, Ok),
        new("GET /phone/v1/enterprises/{creditCode}/seals", Ok, Missing, Ok, Missing, Ok),
        new("GET /phone/v1/enterprises/{creditCode}/seals/{kind}", Ok, Missing, Ok, Missing, Ok),
        Hidden("GET /phone/v1/enterprises/{creditCode}/pending-applications", Ok),
        Administrators("GET /phone/v1/enterprises/{creditCode}/member-sealing-sessions"),
        // There is none: the administrator learns that, nobody else does. One that is there is in SealingEndTests.
        new("POST /phone/v1/enterprises/{creditCode}/member-sealing-sessions/{sealingSessionId}/end", Forbidden, Forbidden, Forbidden, Forbidden, Missing),
        Everybodys("POST /phone/v1/enterprises/{creditCode}/interest"),
        Everybodys("POST /phone/v1/enterprises/{creditCode}/administrator-check") with { Body = (world, _) => world.RightAdministrator() },
        Everybodys("POST /phone/v1/enterprises/{creditCode}/transfer-wish") with { Body = (world, _) => world.RightAdministrator() },
        Everybodys("POST /phone/v1/enterprises/{creditCode}/remittances") with
        {
            Body = (world, _) => new RemittanceRequest(Guid.NewGuid(), world.Name, "654321", Agreed: true),
        },
        Hidden("GET /phone/v1/remittances/{remittanceId}"),

        // Somebody else was invited, and another member named.
        Administrators("POST /phone/v1/enterprises/{creditCode}/invitations") with
        {
            Body = (_, _) => EmbeddedSystem.NextPerson() switch { var person => new InviteRequest(Guid.NewGuid(), person.Name, person.Phone) },
        },
        Hidden("POST /phone/v1/enterprises/{creditCode}/invitations/{invitationId}/acceptance"),
        Hidden("POST /phone/v1/enterprises/{creditCode}/invitations/{invitationId}/refusal"),
        Administrators("POST /phone/v1/enterprises/{creditCode}/invitations/{invitationId}/withdrawal"),
        Hidden("GET /phone/v1/enterprises/{creditCode}/transfer", Ok),
        Hidden("POST /phone/v1/enterprises/{creditCode}/transfers/{transferId}/acceptance"),
        Hidden("POST /phone/v1/enterprises/{creditCode}/transfers/{transferId}/refusal"),
        Hidden("POST /phone/v1/enterprises/{creditCode}/transfers/{transferId}/withdrawal", Ok),
        Administrators("POST /phone/v1/enterprises/{creditCode}/transfers") with
        {
            Body = (world, _) => new TransferRequest(Guid.NewGuid(), world.Member, world.AdministratorsCertificate),
        },

        // The member's application: the administrator's turn.
        Hidden("GET /phone/v1/applications/{applicationId}", Ok),
        Hidden("POST /phone/v1/applications/{applicationId}/withdrawal"),
        Hidden("POST /phone/v1/applications/{applicationId}/payment"),
        Hidden("POST /phone/v1/applications/{applicationId}/download"),
        Hidden("POST /phone/v1/applications/{applicationId}/correction") with { Body = (world, _) => world.OwnCertificate() },
        Hidden("POST /phone/v1/applications/{applicationId}/resubmission") with
        {
            Body = (world, caller) => new ClaimRequest(
                Guid.NewGuid(), world.Name, world.Code, caller.Person.Name, caller.Person.IdNumber, world.Uploads[caller], world.Uploads[caller], "yichang-ggzy", "yichang-ca", 1),
        },
        Hidden("POST /phone/v1/applications/{applicationId}/agreement", Ok),
        Hidden("POST /phone/v1/applications/{applicationId}/letter", Ok) with { Body = (world, _) => new LetterRequest(world.AdministratorsCertificate) },
        Hidden("GET /phone/v1/applications/{applicationId}/letter", Ok),
        Hidden("POST /phone/v1/applications/{applicationId}/confirmation", Ok),
        Hidden("POST /phone/v1/applications/{applicationId}/refusal", Ok) with { Body = (_, _) => new ApplicationRefusal("权限过大") },

        // What the former administrator began is the enterprise's, not his.
        Hidden("GET /phone/v1/applications/{applicationId}", Ok) with { BegunByFormer = true },
        Hidden("GET /phone/v1/applications/{applicationId}/letter", Ok) with { BegunByFormer = true },
        Hidden("POST /phone/v1/applications/{applicationId}/payment") with { BegunByFormer = true },
        Hidden("POST /phone/v1/applications/{applicationId}/withdrawal") with { BegunByFormer = true },
        Hidden("POST /phone/v1/applications/{applicationId}/confirmation", Ok) with { BegunByFormer = true },
        Hidden("POST /phone/v1/applications/{applicationId}/letter", Ok) with { BegunByFormer = true, Body = (world, _) => new LetterRequest(world.AdministratorsCertificate) },
        new("POST /phone/v1/applications/{applicationId}/correction", Missing, Missing, Forbidden, Missing, Missing) { BegunByFormer = true, Body = (world, _) => world.Giving() },

        // Applications whose body says about whom.
        Administrators("POST /phone/v1/applications") with { Body = (world, _) => world.Giving() },
        new("POST /phone/v1/applications", Ok, NotMember, Ok, NotMember, Ok) { Body = (world, _) => world.OwnCertificate() },
        Hidden("POST /phone/v1/applications") with { Body = (world, _) => new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Recovery) { CertificateId = world.MembersCertificate } },
        Hidden("POST /phone/v1/applications") with { Body = (world, _) => new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Renewal) { CertificateId = world.MembersCertificate, Years = 1 } },
        Administrators("POST /phone/v1/applications") with
        {
            Body = (world, caller) => new ApplicationRequest(Guid.NewGuid(), ApplicationKind.EnterpriseChange)
            {
                EnterpriseName = world.Name + "改", CreditCode = world.Code,
                LegalRepresentativeName = caller.Person.Name, LegalRepresentativeIdNumber = caller.Person.IdNumber,
                LicenceBlobId = world.Uploads[caller], FormBlobId = world.Uploads[caller], PlatformId = "yichang-ggzy", CaId = "yichang-ca", Years = 1,
            },
        },
        // The order of the claim, which was the former administrator's.
        new("GET /phone/v1/orders/{orderId}", Missing, Missing, Ok, Missing, Missing),

        // The member's certificate: the administrator sees what was done with it and guards its PIN, and no more.
        Hidden("GET /phone/v1/certificates/{certificateId}"),
        Hidden("GET /phone/v1/certificates/{certificateId}/evidence", Ok),
        Hidden("GET /phone/v1/certificates/{certificateId}/unopened-bids"),
        Hidden("GET /phone/v1/certificates/{certificateId}/pin/reset", Ok),
        Hidden("POST /phone/v1/certificates/{certificateId}/pin/reset") with { Body = (_, _) => new PinResetRequest(Guid.NewGuid(), "000000") },
        Hidden("POST /phone/v1/certificates/{certificateId}/pin/reset/objection", Ok),
        Hidden("POST /phone/v1/certificates/{certificateId}/pin/reset/waiver", Ok) with { Body = (world, _) => new PinResetWaiverRequest(world.AdministratorsCertificate) },
        Hidden("POST /phone/v1/certificates/{certificateId}/pin/change-approval") with { Body = (_, _) => new PinChangeApprovalRequest(Guid.NewGuid(), "000000") },
        Hidden("POST /phone/v1/certificates/{certificateId}/exchange"),
        Hidden("POST /phone/v1/certificates/{certificateId}/revocation") with { Body = (_, _) => new RevocationRequest(Guid.NewGuid(), Insist: true) },
        Hidden("GET /phone/v1/seal-sets/{sealSetId}"),
        Hidden("GET /phone/v1/seal-sets/{sealSetId}/pictures/{kind}"),
        Hidden("POST /phone/v1/seal-sets/{sealSetId}/crops") with
        {
            Body = (_, _) => new SealCropRequest(SealKind.Enterprise, [new CropCorner(0, 0), new CropCorner(1, 0), new CropCorner(1, 1), new CropCorner(0, 1)]),
        },
        Hidden("POST /phone/v1/seal-sets/{sealSetId}/confirmation"),

        // The last: afterwards the member is none.
        Administrators("POST /phone/v1/enterprises/{creditCode}/authorisations/{authorisationId}/revocation"),
        Administrators("POST /phone/v1/enterprises/{creditCode}/authorisations/platforms/{platformId}/revocation"),
        Administrators("POST /phone/v1/enterprises/{creditCode}/authorisations/people/{userId}/revocation"),
        Administrators("POST /phone/v1/enterprises/{creditCode}/people/{userId}/removal"),
    ];

    [Fact]
    public void Every_operation_about_an_enterprise_and_what_is_its_peoples_stands_in_the_table() => Assert.Equal(
        world.Operations.Select(operation => operation.Name).Where(IsAboutAnEnterprise).Order(), Table.Select(row => row.Operation).Distinct().Order());

    [Fact]
    public async Task Each_gets_what_his_relation_to_the_enterprise_allows_and_changes_nothing_otherwise()
    {
        var faults = new List<string>();
        var before = await world.SnapshotAsync();
        await CheckAsync(expected => expected != Ok, faults);
        if (await world.SnapshotAsync() is var after && after != before)
        {
            faults.Add($"A refused call changed\n{before}\nto\n{after}");
        }

        await CheckAsync(expected => expected == Ok, faults);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static bool IsAboutAnEnterprise(string operation) =>
        operation == $"POST {Routes.Phone.Applications}" || Subjects.Any(subject => operation.Contains(subject, StringComparison.Ordinal));

    /// <summary>Only the administrator may.</summary>
    private static Row Administrators(string operation) => new(operation, Forbidden, Forbidden, Forbidden, Forbidden, Ok);

    private static Row Everybodys(string operation) => new(operation, Ok, Ok, Ok, Ok, Ok);

    /// <summary>As if it were not there.</summary>
    private static Row Hidden(string operation, string administrator = Missing) => new(operation, Missing, Missing, Missing, Missing, administrator);

    private async Task CheckAsync(Func<string, bool> which, List<string> faults)
    {
        foreach (var row in Table)
        {
            (string Who, TestPhone Phone, string Expected)[] cells =
            [
                ("staff", world.Staff, row.Staff), ("staff of another", world.ForeignStaff, row.Foreign),
                ("the administrator of another", world.ForeignAdministrator, row.Foreign), ("the former administrator", world.Former, row.Former),
                ("a removed member", world.Removed, row.Removed), ("the administrator", world.Administrator, row.Administrator),
            ];
            foreach (var (who, phone, expected) in cells.Where(cell => which(cell.Expected)))
            {
                var answer = await SendAsync(row, phone);
                var good = expected == Ok ? answer.Status < 500 && !AboutTheCaller.Contains(answer.Code) : answer.Code == expected;
                if (!good || (expected != Ok && HostileWorld.Fault("", answer) is not null))
                {
                    faults.Add($"{row.Operation}{(row.BegunByFormer ? " (begun by the former)" : "")} by {who}: {answer.Status} {answer.Body} in place of {(expected == Ok ? "service" : expected)}");
                }
            }
        }
    }

    private Task<Answer> SendAsync(Row row, TestPhone phone)
    {
        var (method, template) = (HttpMethod.Parse(row.Operation.Split(' ')[0]), row.Operation.Split(' ')[1]);
        var content = method != HttpMethod.Post ? null
            : row.Body?.Invoke(world, phone) is { } body ? JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), BztJson.Default)
            : "{}"u8.ToArray();
        return HostileWorld.AsPhone(phone)(method, world.Fill(template, row.BegunByFormer), content, template == Routes.Phone.Exchange ? "application/octet-stream" : "application/json");
    }
}
