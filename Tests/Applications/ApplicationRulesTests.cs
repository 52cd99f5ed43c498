using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Grains.Enterprises;
using CsCheck;
using ApplicationId = Bzt.Grains.ApplicationId;

namespace Bzt.Tests.Applications;

public sealed class ApplicationRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly CreditCode Code = new("91420500MA49ABCD28");

    private static readonly UserId[] Users = [new(Guid.Parse("019aa000-0000-7000-8000-000000000001")), new(Guid.Parse("019aa000-0000-7000-8000-000000000002"))];
    private static readonly ApplicationId Id = ApplicationIds.Of(Users[0], Guid.Parse("019aa000-0000-7000-8000-00000000000a"));
    private static readonly OrderId Order = new(Guid.Parse("019aa000-0000-7000-8000-00000000000b"));
    private static readonly CertificateId NextCertificate = new(Guid.Parse("019aa000-0000-7000-8000-00000000000e"));
    private static readonly CertificateId Certificate = new(Guid.Parse("019aa000-0000-7000-8000-00000000000c"));

    private static readonly ApplicationRules.Provision Provision = new(Order, null, null);

    private enum Move { Submit, Resubmit, Approve, Reject, ApproveOld, Pay, PayOther, Download, DownloadElsewhere, Activate, ActivateOther, IssuanceFails, Withdraw, Lose, LoseElsewhere, Expire, ExpireTooSoon }

    [Fact]
    public void Whatever_happens_in_whatever_order_stays_in_the_table() =>
        Gen.Select(Gen.Enum<Move>().Select(Gen.Int[0, 1], Gen.Int[0, 1]).Array[1, 40], Gen.Bool).Sample((moves, free) =>
        {
            var state = new StoredApplication();
            var approvals = 0;
            foreach (var (move, user, operation) in moves)
            {
                var next = Apply(state, move, Users[user], operation, free);
                var (before, after) = (state.Application, next.Application);

                // 1. A change of state is a row of the table, and leaves a mark in the timeline.
                if (before?.State != after?.State)
                {
                    Assert.Contains(ApplicationTable.Transitions, row =>
                        (before is null ? row.From.Length == 0 : row.From.Contains(before.State)) && (row.To ?? after!.Way.Next(before?.State)) == after!.State);
                    Assert.Equal((before?.Timeline.Length ?? 0) + 1, after!.Timeline.Length);
                }

                // 2. Nobody but the applicant moves it, but for those who answer it.
                if (move is Move.Resubmit or Move.Download or Move.Withdraw && before is not null && Users[user] != before.Applicant.User)
                {
                    Assert.Equal(before, after);
                }

                // 3. No download without an approval of this very submission, nor without the fee.
                approvals += before?.State == ApplicationState.CaReview && after!.State is ApplicationState.PaymentDue or ApplicationState.DownloadReady ? 1 : 0;
                if (after?.State is ApplicationState.Downloading or ApplicationState.Completed)
                {
                    Assert.True(approvals > 0);
                    Assert.Contains(after.Timeline, step => step.State == ApplicationState.DownloadReady);
                    Assert.True(free || after.Timeline.Any(step => step.State == ApplicationState.PaymentDue));
                }

                // 4. An end is an end, and the claim is confirmed exactly when it is completed.
                if (before?.State is ApplicationState.Completed or ApplicationState.Cancelled or ApplicationState.Expired)
                {
                    Assert.Equal(before, after);
                }

                Assert.Equal(
                    after?.State == ApplicationState.Completed ? 1 : 0,
                    next.Outbox.Items.Count(item => item.Kind == ApplicationOutbox.ConfirmClaim));

                // 5. Over without a certificate nothing is kept: no order stays open, no enterprise reserved. Nothing ends before its time.
                if (before is not null && after!.State is ApplicationState.Cancelled or ApplicationState.Expired && before.State != after.State)
                {
                    Assert.Contains(next.Outbox.Items, item => item.Kind == ApplicationOutbox.Release);
                    Assert.True(before.Order is null || next.Outbox.Items.Any(item => item.Kind == ApplicationOutbox.CloseOrder && item.Target == before.Order.ToString()));
                }

                if (move == Move.ExpireTooSoon)
                {
                    Assert.Same(state, next);
                }

                // 6. The same again changes nothing.
                Assert.Same(next, Apply(next, move, Users[user], operation, free));
                state = next;
            }
        });

    [Fact]
    public void A_rejection_names_its_reason_and_a_correction_is_a_submission_of_its_own()
    {
        var state = Apply(new StoredApplication(), Move.Submit, Users[0], 0, free: false);
        state = Apply(state, Move.Reject, Users[0], 0, free: false);
        Assert.Equal((ApplicationState.Rejected, "营业执照看不清"), (state.Application!.State, state.Application.RejectionReason));
        state = Apply(state, Move.Resubmit, Users[0], 1, free: false);
        Assert.Equal((ApplicationState.CaReview, 2, null), (state.Application!.State, state.Application.Submission, state.Application.RejectionReason));

        // The first submission's approval, late, is not the second's.
        Assert.Same(state, ApplicationRules.Reviewed(state, Id, new ApplicationReviewed(ApplicationRules.Number(Id, 1), null), Provision, Now));
    }

    [Fact]
    public void Withdrawing_closes_the_order_and_frees_the_enterprise()
    {
        var state = Apply(new StoredApplication(), Move.Submit, Users[0], 0, free: false);
        state = Apply(state, Move.Approve, Users[0], 0, free: false);
        state = Apply(state, Move.Withdraw, Users[0], 0, free: false);
        Assert.Equal(ApplicationState.Cancelled, state.Application!.State);
        Assert.Contains(state.Outbox.Items, item => item.Kind == ApplicationOutbox.CloseOrder && item.Target == Order.ToString());
        Assert.Contains(state.Outbox.Items, item => item.Kind == ApplicationOutbox.Release && item.Target == Code.Value);
    }

    [Fact]
    public void Whoever_gives_up_what_the_ca_has_tells_the_ca_and_it_is_told_of_nothing_else()
    {
        var state = Apply(new StoredApplication(), Move.Submit, Users[0], 0, free: false);
        foreach (var move in (Move[])[Move.Withdraw, Move.Lose])
        {
            var told = Assert.Single(Apply(state, move, Users[0], 0, free: false).Outbox.Items, item => item.Kind == ApplicationOutbox.WithdrawFromCa);
            Assert.Equal((ApplicationRules.Number(Id, 1), state.Application!.Offer.Ca.Value), (told.Read<string>(), told.Target));
            Assert.DoesNotContain(Apply(Apply(state, Move.Approve, Users[0], 0, free: false), move, Users[0], 0, free: false).Outbox.Items, item => item.Kind == ApplicationOutbox.WithdrawFromCa);
        }
    }

    [Fact]
    public void What_the_ca_does_not_issue_is_paid_back_and_may_be_applied_for_again_as_another_certificate()
    {
        var state = Apply(new StoredApplication(), Move.Submit, Users[0], 0, free: false);
        foreach (var move in (Move[])[Move.Approve, Move.Pay, Move.Download, Move.IssuanceFails])
        {
            state = Apply(state, move, Users[0], 0, free: false);
        }

        var rejected = state.Application!;
        Assert.Equal((ApplicationState.Rejected, "CA机构拒绝签发证书"), (rejected.State, rejected.RejectionReason));
        Assert.Equal((NextCertificate, null, null), (rejected.Certificate, rejected.Order, rejected.Device));
        Assert.Contains(state.Outbox.Items, item => item.Kind == ApplicationOutbox.CloseOrder && item.Target == Order.ToString());
        Assert.Contains(state.Outbox.Items, item => item.Kind == ApplicationOutbox.Release && item.Target == Code.Value);
        Assert.Equal(ApplicationState.CaReview, Apply(state, Move.Resubmit, Users[0], 1, free: false).Application!.State);
    }

    [Fact]
    public void A_fee_that_is_paid_for_somebody_whose_account_is_closed_goes_back()
    {
        var submission = Submission(Users[0], 0, free: false) with { Kind = ApplicationKind.Personal, Claim = new ClaimFacts("", new CreditCode(""), null, null, null, null, null) };
        submission = submission with { Offer = submission.Offer with { Due = FeeDue.BeforeReview } };
        var named = Provision with { PersonName = "张三" };
        var state = ApplicationSubmissions.Submit(new StoredApplication(), Id, submission, named, Now).State;
        Assert.Equal(ApplicationState.PrepaymentDue, state.Application!.State);
        Assert.Equal(ApplicationState.CaReview, ApplicationRules.Paid(state, Id, Order, named, Now).Application!.State);
        var gone = ApplicationRules.Paid(state, Id, Order, Provision, Now);
        Assert.Equal(ApplicationState.Expired, gone.Application!.State);
        Assert.Contains(gone.Outbox.Items, item => item.Kind == ApplicationOutbox.CloseOrder && item.Target == Order.ToString());
        Assert.DoesNotContain(gone.Outbox.Items, item => item.Kind == ApplicationOutbox.SubmitToCa);

        // The CA's word needs no name any more: it neither throws nor holds up what is behind it.
        var waiting = ApplicationRules.Paid(state, Id, Order, named, Now);
        Assert.Equal(ApplicationState.DownloadReady, ApplicationRules.Reviewed(waiting, Id, new ApplicationReviewed(ApplicationRules.Number(Id, 1), null), Provision, Now).Application!.State);
    }

    [Fact]
    public void A_correction_is_for_the_certificate_the_application_was_made_for()
    {
        var submission = Submission(Users[0], 0, free: true) with { Kind = ApplicationKind.Recovery, Predecessor = Certificate };
        var state = ApplicationSubmissions.Submit(new StoredApplication(), Id, submission, Provision, Now).State;
        state = ApplicationRules.Reviewed(state, Id, new ApplicationReviewed(ApplicationRules.Number(Id, 1), "不符"), Provision, Now);
        Assert.Equal(ApplicationState.Rejected, state.Application!.State);
        var correction = submission with { Operation = new Guid(9, 0, 0, new byte[8]), Fingerprint = "another" };
        var (unchanged, refusal) = ApplicationSubmissions.Resubmit(state, Id, correction with { Predecessor = NextCertificate }, Provision, Now);
        Assert.Equal((state, RefusalCode.InvalidRequest), (unchanged, refusal?.Code));
        Assert.Equal(ApplicationState.CaReview, ApplicationSubmissions.Resubmit(state, Id, correction, Provision, Now).State.Application!.State);
    }

    private static StoredApplication Apply(StoredApplication state, Move move, UserId user, int operation, bool free)
    {
        var number = ApplicationRules.Number(Id, state.Application?.Submission ?? 1);
        var device = new DeviceId(Guid.Parse("019aa000-0000-7000-8000-00000000000d"));
        return move switch
        {
            Move.Submit => ApplicationSubmissions.Submit(state, Id, Submission(Users[0], operation, free), Provision, Now).State,
            Move.Resubmit => ApplicationSubmissions.Resubmit(state, Id, Submission(user, operation, free), Provision, Now).State,
            Move.Approve => ApplicationRules.Reviewed(state, Id, new ApplicationReviewed(number, null), Provision, Now),
            Move.Reject => ApplicationRules.Reviewed(state, Id, new ApplicationReviewed(number, "营业执照看不清"), Provision, Now),
            Move.ApproveOld => ApplicationRules.Reviewed(state, Id, new ApplicationReviewed(ApplicationRules.Number(Id, 0), null), Provision, Now),
            Move.Pay => ApplicationRules.Paid(state, Id, Order, Provision, Now),
            Move.PayOther => ApplicationRules.Paid(state, Id, new OrderId(Guid.Empty), Provision, Now),
            Move.Download => ApplicationDelivery.Download(state, Id, new StartDownload(user, device, [4, 1, 2]), Now).State,
            Move.DownloadElsewhere => ApplicationDelivery.Download(state, Id, new StartDownload(user, new DeviceId(Guid.Empty), [4, 3, 4]), Now).State,
            Move.Activate => ApplicationDelivery.Activated(state, Id, Certificate, Now),
            Move.ActivateOther => ApplicationDelivery.Activated(state, Id, new CertificateId(Guid.Empty), Now),
            Move.IssuanceFails => ApplicationDelivery.IssuanceFailed(state, Id, new IssuanceFailure(Certificate, "CA机构拒绝签发证书"), NextCertificate, Now),
            Move.Withdraw => ApplicationRules.Withdraw(state, Id, user, Now).State,
            Move.Lose => ApplicationRules.Lost(state, Id, Code, toItself: false, Now),
            Move.LoseElsewhere => ApplicationRules.Lost(state, Id, new CreditCode("91350100M000100Y43"), toItself: false, Now),
            Move.Expire => ApplicationRules.Expire(state, Id, Now.AddDays(181)) ?? state,
            Move.ExpireTooSoon => ApplicationRules.Expire(state, Id, Now.AddDays(6)) ?? state,
            _ => throw new InvalidOperationException($"A move {move}."),
        };
    }

    private static Submission Submission(UserId user, int operation, bool free) => new(
        new Guid(operation + 1, 0, 0, new byte[8]), $"fingerprint {operation}", new Applicant(user, "张**", "138****0001"),
        new ClaimFacts("湖北江汉建设工程有限公司", Code, [1], [2], [3], "licence", "form"),
        new ChosenOffer("湖北省", new PlatformId("yichang-ggzy"), "宜昌公共资源电子交易平台", "hubei", new CaId("hubei-ca"), "湖北CA", 1, free ? 0 : 30000),
        Certificate);
}
