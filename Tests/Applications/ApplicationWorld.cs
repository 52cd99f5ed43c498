using System.Text;
using System.Text.Json;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using ApplicationId = Bzt.Grains.ApplicationId;

namespace Bzt.Tests.Applications;

/// <summary>
/// Two applications with everything they talk to, by the product's own rules and without its I/O: their orders, the enterprise, a CA, two
/// certificates, and the outboxes between them. What is on its way arrives when the test says so, late, twice, or after a restart.
/// </summary>
internal sealed class ApplicationWorld
{
    private static readonly CreditCode Code = new("91420500MA49ABCD28");
    private static readonly UserId Administrator = new(new Guid(9, 0, 0, new byte[8]));

    private readonly ApplicationKind kind;
    private readonly ChosenOffer offer;
    private readonly ApplicationSide[] sides = [new(0), new(1)];
    private StoredEnterprise enterprise = new();
    private int drawn = 100;

    public ApplicationWorld(ApplicationKind kind, FeeDue fee)
    {
        this.kind = kind;
        offer = new ChosenOffer(
            "湖北省", new PlatformId("yichang-ggzy"), "宜昌公共资源电子交易平台", "hubei", new CaId("hubei-ca"), "湖北CA", 1, fee == FeeDue.Never ? 0 : 30000)
        {
            Due = fee,
        };
    }

    public enum Step
    {
        Submit, Resubmit, Agree, Refuse, BeginSeal, Sign, SignAnother, Confirm, Approve, Reject, Pay, PayTwice, Download, DownloadCrashing, Activate, FailIssuance, Withdraw, Expire,
        Deliver, DeliverAgain, Restart,
    }

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);

    /// <summary>How many administrators a claim has made.</summary>
    public int Administrators => enterprise.Claimed?.Members.Count(member => member.Role == Bzt.Grains.Accounts.MemberRole.Administrator) ?? 0;

    public int ActiveClaims => sides.Count(side => side.State.Application is { Kind: ApplicationKind.Claim, State: ApplicationState.Completed });

    public ApplicationState? StateOf(int which) => sides[which].State.Application?.State;

    public void Take(Step step, int which)
    {
        Now += TimeSpan.FromMinutes(1);
        var side = sides[which];
        var before = side.State;
        switch (step)
        {
            case Step.Submit:
                Decide(side, ApplicationSubmissions.Submit(side.State, side.Id, Submission(side), Provision(side), Now).State);
                break;
            case Step.Resubmit when side.State.Application is { } rejected:
                Decide(side, ApplicationSubmissions.Resubmit(side.State, side.Id, Submission(side) with { Operation = Draw(), Fingerprint = "another", Kind = rejected.Kind }, Provision(side), Now).State);
                break;
            case Step.Agree:
                Decide(side, ApplicationRules.Agree(side.State, side.Id, Provision(side), Now).State);
                break;
            case Step.Refuse:
                Decide(side, ApplicationRules.Refuse(side.State, side.Id, "权限过大", Now).State);
                break;
            case Step.BeginSeal:
                Decide(side, ApplicationLetters.Begin(side.State, side.Id, new AuthorisationLetter(
                    Draw(), new CertificateId(Guid.Empty), Administrator, "letter", [1], [2], Now.AddDays(400), Now.AddMinutes(30))).State);
                break;
            case Step.Sign when side.State.Application?.Letter is { } letter:
                Sign(side, letter.Task);
                break;
            case Step.SignAnother:
                Sign(side, Guid.NewGuid());
                break;
            case Step.Confirm:
                Decide(side, ApplicationLetters.Confirm(side.State, side.Id, Provision(side), Now).State);
                break;
            case Step.Approve or Step.Reject:
                Review(side, step == Step.Reject ? "营业执照看不清" : null);
                break;
            case Step.Pay or Step.PayTwice when side.State.Application?.Order is { } order && side.Orders.TryGetValue(order, out var open):
                side.Orders[order] = OrderRules.Notify(open, order, new PaymentNotice(1, "n", step == Step.Pay ? "trade 1" : "trade 2", true, 30000, null), Now).State;
                break;
            case Step.Download:
                Download(side);
                break;
            case Step.DownloadCrashing:
                Download(side, crash: true);
                break;
            case Step.Activate when side.Begun && !side.Abandoned:
                side.Active = true;
                Decide(side, ApplicationDelivery.Activated(side.State, side.Id, side.Certificate, Now));
                break;
            case Step.FailIssuance when side.Begun && !side.Active:
                var failed = ApplicationDelivery.IssuanceFailed(side.State, side.Id, new IssuanceFailure(side.Certificate, "CA拒绝签发"), new CertificateId(Draw()), Now);
                side.Begun = false;
                Decide(side, failed);
                break;
            case Step.Withdraw:
                if (ApplicationRules.Withdraw(side.State, side.Id, side.User, Now) is (var withdrawn, null) && MayEnd(side))
                {
                    Decide(side, withdrawn);
                }

                break;
            case Step.Expire when side.State.Application?.ExpiresAt is { } end:
                // Before its time nothing; then, if the certificate lets it.
                Assert.Null(ApplicationRules.Expire(side.State, side.Id, end.AddTicks(-1)));
                Now = Now > end ? Now : end;
                if (ApplicationRules.Expire(side.State, side.Id, Now) is { } expired && MayEnd(side))
                {
                    Decide(side, expired);
                }

                break;
            case Step.Deliver or Step.DeliverAgain:
                Deliver(side, trim: step == Step.Deliver);
                break;
            case Step.Restart:
                side.State = Reload(side.State);
                enterprise = Reload(enterprise);
                foreach (var (id, order) in side.Orders.ToList())
                {
                    side.Orders[id] = Reload(order);
                }

                break;
        }

        Check(before, side);
    }

    /// <summary>Everything on its way arrives; then nothing may be left hanging.</summary>
    public void Settle()
    {
        for (var round = 0; round < 12; round++)
        {
            foreach (var side in sides)
            {
                var before = side.State;
                Deliver(side, trim: true);
                Check(before, side);
            }
        }

        foreach (var side in sides)
        {
            ApplicationInvariants.HoldWhenSettled(side);
        }

        Assert.True(Administrators <= 1);
        Assert.Equal(ActiveClaims, Administrators);
    }

    private void Check(StoredApplication before, ApplicationSide side)
    {
        ApplicationInvariants.HoldAfterStep(before, side);
        Assert.True(ActiveClaims <= 1, "two administrators");
    }

    private void Decide(ApplicationSide side, StoredApplication next) => side.State = next;

    private void Sign(ApplicationSide side, Guid task)
    {
        var signed = new TaskSigned(task, new CertificateId(Guid.Empty), Administrator, [[3], [4]], [5], Now);
        if (ApplicationLetters.Expected(side.State, signed) is not null)
        {
            Decide(side, ApplicationLetters.Sealed(side.State, side.Id, new SealedLetter("sealed", [3], [5], Now), Now));
        }
    }

    /// <summary>The CA's word is final, and it says it again when asked again.</summary>
    private void Review(ApplicationSide side, string? reason)
    {
        if (side.AtCa is not { } number)
        {
            return;
        }

        var decided = side.Decided.TryGetValue(number, out var word) ? word : side.Decided[number] = reason ?? "";
        if (decided.Length == 0)
        {
            side.Approved.Add(number);
        }

        Decide(side, ApplicationRules.Reviewed(side.State, side.Id, new ApplicationReviewed(number, decided.Length == 0 ? null : decided), Provision(side), Now));
    }

    /// <param name="crash">Between the reservation and the download.</param>
    private void Download(ApplicationSide side, bool crash = false)
    {
        var command = new StartDownload(side.User, new DeviceId(side.User.Value), [4, 1]);
        if (ApplicationDelivery.MayDownload(side.State, side.Id, command) is not null)
        {
            return;
        }

        if (side.State.Application is { State: ApplicationState.DownloadReady, Kind: ApplicationKind.Claim })
        {
            // As the enterprise asks: who reserved it and does not download has crashed between the two.
            var free = EnterpriseRules.Rival(enterprise, side.Id) is { } rival && sides.Single(other => other.Id == rival).State.Application?.State
                is not (ApplicationState.Downloading or ApplicationState.Completed) ? enterprise with { Reservation = null } : enterprise;
            var (reserved, refusal) = EnterpriseRules.Reserve(free, side.Id);
            enterprise = reserved;
            if (refusal is not null)
            {
                return;
            }
        }

        if (crash)
        {
            return;
        }

        Decide(side, ApplicationDelivery.Download(side.State, side.Id, command, Now).State);
        side.Certificate = side.State.Application!.Certificate;
        side.Begun = true;
    }

    /// <summary>A certificate that is active does not end with its application.</summary>
    private static bool MayEnd(ApplicationSide side)
    {
        if (side.State.Application!.State == ApplicationState.Downloading && side.Active)
        {
            return false;
        }

        side.Abandoned |= side.Begun && side.State.Application.State == ApplicationState.Downloading;
        return true;
    }

    /// <summary>The first items of every outbox to whom they are for. Untrimmed they come again, as after a crash.</summary>
    private void Deliver(ApplicationSide side, bool trim)
    {
        foreach (var item in side.State.Outbox.Items)
        {
            switch (item.Kind)
            {
                case ApplicationOutbox.SubmitToCa:
                    side.AtCa = item.Read<CaSubmissionOrder>().Application.Number;
                    break;
                case ApplicationOutbox.OpenOrder:
                    var id = new OrderId(Guid.Parse(item.Target));
                    side.Orders[id] = OrderRules.Open(side.Orders.GetValueOrDefault(id) ?? new StoredOrder(), id, item.Read<OpenOrder>(), Now).State;
                    break;
                case ApplicationOutbox.CloseOrder:
                    var closed = new OrderId(Guid.Parse(item.Target));
                    side.Orders[closed] = OrderRules.Close(side.Orders[closed], closed);
                    break;
                case ApplicationOutbox.Contend:
                    enterprise = EnterpriseRules.Contend(enterprise, Code, side.Id);
                    break;
                case ApplicationOutbox.Release:
                    enterprise = EnterpriseRules.Release(enterprise, side.Id);
                    break;
                case ApplicationOutbox.ConfirmClaim:
                    enterprise = EnterpriseRules.Confirm(enterprise, Code, item.Read<ConfirmClaim>(), Now);
                    break;
            }
        }

        side.State = trim ? side.State with { Outbox = side.State.Outbox.Trim(side.State.Outbox.LastSequence) } : side.State;
        foreach (var (id, order) in side.Orders.ToList())
        {
            foreach (var _ in order.Outbox.Items.Where(item => item.Kind == ApplicationOutbox.OrderPaid))
            {
                Decide(side, ApplicationRules.Paid(side.State, side.Id, id, Provision(side), Now));
            }

            side.Orders[id] = trim ? order with { Outbox = order.Outbox.Trim(order.Outbox.LastSequence) } : order;
        }

        foreach (var item in enterprise.Outbox.Items.Where(item => item.Kind == ApplicationOutbox.ClaimLost))
        {
            var loser = sides.Single(other => other.Id.ToString() == item.Target);
            Decide(loser, ApplicationRules.Lost(loser.State, loser.Id, Code, toItself: false, Now));
        }

        enterprise = trim ? enterprise with { Outbox = enterprise.Outbox.Trim(enterprise.Outbox.LastSequence) } : enterprise;
    }

    private Submission Submission(ApplicationSide side) => new(
        side.User.Value, "fingerprint", new Applicant(side.User, "张**", "138****0001"),
        kind is ApplicationKind.Personal or ApplicationKind.PersonalRenewal
            ? new ClaimFacts("", new CreditCode(""), null, null, null, null, null)
            : new ClaimFacts("湖北江汉建设工程有限公司", Code, [1], [2], [3], "licence", "form"),
        offer, new CertificateId(new Guid(20 + side.Number, 0, 0, new byte[8])))
    {
        Kind = kind,
        Predecessor = new CertificateId(new Guid(30 + side.Number, 0, 0, new byte[8])),
        Permissions = ApplicationSteps.Of[kind].Administrator ? [AuthorisationScope.Login] : null,
    };

    private ApplicationRules.Provision Provision(ApplicationSide side) => new(new OrderId(Draw()), "张三", Administrator);

    private Guid Draw() => new(++drawn, 0, 0, new byte[8]);

    private static T Reload<T>(T state) =>
        JsonSerializer.Deserialize<T>(Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Options)), StateJson.Options)!;
}
