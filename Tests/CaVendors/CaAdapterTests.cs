using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Silo.Storage;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.CaVendors;

/// <summary>One vendor's queue, against a vendor that answers late, twice, out of order, garbage, or never.</summary>
public sealed class CaAdapterTests
{
    [Fact]
    public async Task A_decision_of_the_vendor_reaches_the_application_once()
    {
        await using var bench = await VendorBench.StartAsync("scripted-ca");
        var order = VendorBench.Order("N1");
        await bench.Ca("scripted-ca").Submit(order);
        await bench.Ca("scripted-ca").Submit(order);
        await bench.UntilAsync(() => bench.Vendor.Calls.Contains("review N1"));
        Assert.Empty(bench.Told);

        bench.Vendor.Decide("N1", new CaReview.Rejected("名称不符"));
        await bench.UntilAsync(() => !bench.Told.IsEmpty, TimeSpan.FromSeconds(20));
        Assert.Equal(("N1", "名称不符"), (bench.Told.Single().ApplicationNumber, bench.Told.Single().RejectionReason));
        Assert.Single(bench.Vendor.Calls, call => call == "submit N1");
        Assert.Equal(0, (await bench.Ca("scripted-ca").GetStatus()).Waiting);
    }

    [Fact]
    public async Task A_submission_whose_answer_got_lost_survives_the_restart_under_the_same_number()
    {
        await using var bench = await VendorBench.StartAsync("scripted-ca");
        bench.Vendor.NextIsNeverAnswered();
        await bench.Ca("scripted-ca").Submit(VendorBench.Order("N1"));
        await bench.UntilAsync(() => bench.Vendor.Calls.Contains("submit N1"));
        await bench.Silo.RestartAsync();

        // Nobody touches the adapter: its reminder brings it back.
        bench.Vendor.Decide("N1", new CaReview.Approved());
        await bench.UntilAsync(() => !bench.Told.IsEmpty, TimeSpan.FromSeconds(20));
        Assert.Null(bench.Told.First().RejectionReason);
        Assert.Equal(["N1"], bench.Vendor.Numbers);
        Assert.True(bench.Vendor.Calls.Count(call => call == "submit N1") >= 2);
    }

    [Fact]
    public async Task Nobody_waits_for_a_vendor_that_never_answers()
    {
        await using var bench = await VendorBench.StartAsync("silent-ca");
        bench.Vendor.NextIsNeverAnswered(100);

        // The clock stands still: no call runs out of time, and yet all of these return.
        for (var i = 0; i < 20; i++)
        {
            await bench.Ca("silent-ca").Submit(VendorBench.Order($"S{i}"));
        }

        Assert.Equal(20, (await bench.Ca("silent-ca").GetStatus()).Waiting);

        // Beside it another CA goes through a whole review.
        var order = VendorBench.Order("E1");
        var other = bench.Ca("hubei-ca");
        await other.Submit(order);
        await Applications.Wait.UntilAsync(() => other.GetDesk(), desk => desk.Count == 1);
        Assert.IsType<Done<Nothing>>(await other.Decide(new CaDecision("E1", "审核员甲", null)));
        await Applications.Wait.UntilAsync(() => Task.FromResult(bench.Told.Any(told => told.ApplicationNumber == "E1")), told => told);
    }

    /// <summary>Nothing is asked of anybody while a reviewer of ours has it, but operators see for how long.</summary>
    [Fact]
    public async Task What_lies_on_our_own_desk_brings_the_adapter_back_until_it_is_decided()
    {
        await using var bench = await VendorBench.StartAsync();
        var ca = bench.Ca("hubei-ca");
        await ca.Submit(VendorBench.Order("E1"));
        await Applications.Wait.UntilAsync(() => ca.GetDesk(), desk => desk.Count == 1);
        Assert.Single(await RemindersAsync());
        await bench.Silo.RestartAsync();

        // Nobody touches it: neither who applies nor a reviewer.
        await Applications.Wait.UntilAsync(
            async () =>
            {
                bench.Silo.Clock.Advance(TimeSpan.FromMinutes(1));
                return await bench.Silo.Grains.GetGrain<IManagementGrain>(0).GetActiveGrains(ca.GetGrainId().Type);
            },
            active => active.Contains(bench.Ca("hubei-ca").GetGrainId()));
        Assert.IsType<Done<Nothing>>(await bench.Ca("hubei-ca").Decide(new CaDecision("E1", "审核员甲", null)));
        await bench.UntilAsync(() => !bench.Told.IsEmpty);
        await Applications.Wait.UntilAsync(RemindersAsync, reminders => reminders.Count == 0);

        Task<List<string>> RemindersAsync() => bench.Silo.Services.GetRequiredService<SqlStore>()
            .QueryAsync("SELECT ReminderName FROM OrleansRemindersTable WHERE GrainId LIKE 'ca-adapter/%'", row => row.GetString(0));
    }

    [Fact]
    public async Task The_circuit_breaker_gives_a_silent_vendor_a_rest_and_finds_out_that_it_is_back()
    {
        await using var bench = await VendorBench.StartAsync("silent-ca");
        bench.Vendor.NextIsNeverAnswered(6);
        for (var i = 0; i < 6; i++)
        {
            await bench.Ca("silent-ca").Submit(VendorBench.Order($"S{i}"));
        }

        await bench.UntilAsync(() => bench.Vendor.Calls.Count == 6);
        await Applications.Wait.UntilAsync(
            async () =>
            {
                bench.Silo.Clock.Advance(TimeSpan.FromSeconds(1));
                return await bench.Ca("silent-ca").GetStatus();
            },
            status => status.FailuresInARow >= 5);
        var calls = bench.Vendor.Calls.Count;
        Assert.IsType<CaIssuance.Unavailable>(await bench.Ca("silent-ca").Issue("S0", [1]));
        Assert.Equal(calls, bench.Vendor.Calls.Count);

        for (var i = 0; i < 6; i++)
        {
            bench.Vendor.Decide($"S{i}", new CaReview.Approved());
        }

        await bench.UntilAsync(() => bench.Told.Select(told => told.ApplicationNumber).Distinct().Count() == 6, TimeSpan.FromSeconds(10));
        var status = await bench.Ca("silent-ca").GetStatus();
        Assert.Equal((0, 0, null), (status.Waiting, status.FailuresInARow, status.RestsUntil));
    }

    [Fact]
    public async Task Garbage_is_no_answer_and_what_the_vendor_forgot_is_submitted_again()
    {
        await using var bench = await VendorBench.StartAsync("scripted-ca");
        bench.Vendor.NextIsGarbage();
        await bench.Ca("scripted-ca").Submit(VendorBench.Order("N1"));
        await bench.UntilAsync(() => bench.Vendor.Calls.Contains("review N1"));
        Assert.Empty(bench.Told);

        bench.Vendor.Forget("N1");
        await bench.UntilAsync(() => bench.Vendor.Calls.Count(call => call == "submit N1") >= 3, TimeSpan.FromSeconds(20));
        bench.Vendor.Decide("N1", new CaReview.Approved());
        await bench.UntilAsync(() => !bench.Told.IsEmpty, TimeSpan.FromSeconds(20));
        Assert.Equal(["N1"], bench.Told.Select(told => told.ApplicationNumber).Distinct());
    }

    [Fact]
    public async Task Answers_that_come_late_twice_or_out_of_order_change_nothing_any_more()
    {
        await using var bench = await VendorBench.StartAsync("scripted-ca");
        var answers = bench.Silo.Grains.GetGrain<ICaAdapterAnswers>("scripted-ca");

        // A review's answer before the submission's: the vendor is asked again when it is its turn.
        var submission = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Vendor.Next(() => submission.Task);
        await bench.Ca("scripted-ca").Submit(VendorBench.Order("N1"));
        await answers.Reviewed("N1", new CaReview.Rejected("of another world"));
        submission.SetResult();
        await bench.UntilAsync(() => bench.Vendor.Calls.Contains("review N1"));
        Assert.Empty(bench.Told);

        // A callback: the vendor is asked at once, not after a minute.
        bench.Vendor.Decide("N1", new CaReview.Approved());
        await bench.Ca("scripted-ca").Nudge("N1");
        await Applications.Wait.UntilAsync(() => Task.FromResult(bench.Told.Count), count => count == 1);
        await answers.Reviewed("N1", new CaReview.Rejected("late"));
        await answers.Submitted("N1", new CaSubmission.Refused(CaRefusal.Other));
        await bench.Ca("scripted-ca").Nudge("N1");
        await bench.Ca("scripted-ca").Nudge("no such number");
        await bench.Silo.DrainAsync(bench.Ca("scripted-ca"));
        Assert.Null(Assert.Single(bench.Told).RejectionReason);
    }

    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    public async Task A_failed_write_loses_no_submission(WriteFault fault)
    {
        await using var bench = await VendorBench.StartAsync("scripted-ca");
        var order = VendorBench.Order("N1");
        bench.Silo.Faults.FailNext(fault);
        await Assert.ThrowsAnyAsync<Exception>(() => bench.Ca("scripted-ca").Submit(order));
        await bench.Ca("scripted-ca").Submit(order);
        bench.Vendor.Decide("N1", new CaReview.Approved());
        await bench.UntilAsync(() => !bench.Told.IsEmpty, TimeSpan.FromSeconds(20));
        Assert.Equal(["N1"], bench.Vendor.Numbers);
    }

    /// <summary>All that wait are one row, written at each step of each.</summary>
    [Fact]
    public async Task One_user_fills_a_part_of_the_queue_and_everybody_else_has_his_own()
    {
        await using var bench = await VendorBench.StartAsync("scripted-ca");
        var ca = bench.Ca("scripted-ca");
        var (greedy, other) = (new UserId(Guid.NewGuid()), new UserId(Guid.NewGuid()));
        for (var i = 0; i < 3 * CaAdapterRules.MostOfOne; i++)
        {
            await ca.Submit(Of(greedy, $"G{i}"));
        }

        await bench.Silo.DrainAsync(ca);
        Assert.Equal((true, false), (await ca.IsFull(greedy), await ca.IsFull(other)));
        Assert.Equal(CaAdapterRules.MostOfOne, (await ca.GetStatus()).Waiting);
        Assert.Equal(2 * CaAdapterRules.MostOfOne, bench.Told.Count(told => told.RejectionReason is { } reason && reason.Contains("20份申请待审核", StringComparison.Ordinal)));
        Assert.InRange(await RowLengthAsync(), 1, 40_000);

        // A repeat of one that waits is no other one. Nobody else is kept out; and a place is free again with the CA's word.
        await ca.Submit(Of(greedy, "G0"));
        await ca.Submit(Of(other, "O1"));
        Assert.Equal(CaAdapterRules.MostOfOne + 1, (await ca.GetStatus()).Waiting);
        bench.Vendor.Decide("G0", new CaReview.Approved());
        await bench.UntilAsync(() => bench.Told.Any(told => told.ApplicationNumber == "G0"), TimeSpan.FromSeconds(20));
        Assert.False(await ca.IsFull(greedy));
        await ca.Submit(Of(greedy, "G999"));
        Assert.DoesNotContain(bench.Told, told => told.ApplicationNumber is "G999" or "O1");

        CaSubmissionOrder Of(UserId user, string number)
        {
            var order = VendorBench.Order(number);
            return order with { File = order.File with { Applicant = user } };
        }

        async Task<long> RowLengthAsync() => Assert.Single(await bench.Silo.Services.GetRequiredService<SqlStore>()
            .QueryAsync("SELECT LENGTH(PayloadBinary) FROM OrleansStorage WHERE GrainTypeString = 'ca-adapter/ca-adapter'", row => row.GetInt64(0)));
    }

    /// <summary>Else whoever administers an enterprise fills the places of its members.</summary>
    [Fact]
    public async Task What_an_administrator_applies_for_takes_no_place_of_the_members()
    {
        await using var bench = await VendorBench.StartAsync("scripted-ca");
        var ca = bench.Ca("scripted-ca");
        var (member, colleague) = (new UserId(Guid.NewGuid()), new UserId(Guid.NewGuid()));
        var (enterprise, another) = (new CreditCode("91420500MA49ABCD28"), new CreditCode("91420500MA49XYZW1A"));
        for (var i = 0; i <= CaAdapterRules.MostOfOne; i++)
        {
            await ca.Submit(Of(member, enterprise, $"A{i}", ApplicationKind.Authorisation));
        }

        await bench.Silo.DrainAsync(ca);
        Assert.Equal((false, true), (await ca.IsFull(member), await ca.IsFullOfAuthorisations(member, enterprise)));
        Assert.Equal((false, false), (await ca.IsFullOfAuthorisations(member, another), await ca.IsFullOfAuthorisations(colleague, enterprise)));
        Assert.Equal($"A{CaAdapterRules.MostOfOne}", Assert.Single(bench.Told, told => told.RejectionReason is not null).ApplicationNumber);

        await ca.Submit(Of(member, enterprise, "own", ApplicationKind.StaffCertificate));
        await ca.Submit(Of(member, another, "elsewhere", ApplicationKind.Authorisation));
        await bench.Silo.DrainAsync(ca);
        Assert.Equal((1, CaAdapterRules.MostOfOne + 2), (bench.Told.Count, (await ca.GetStatus()).Waiting));

        static CaSubmissionOrder Of(UserId holder, CreditCode enterprise, string number, ApplicationKind kind)
        {
            var order = VendorBench.Order(number);
            return order with
            {
                Application = order.Application with { Subject = order.Application.Subject with { CreditCode = enterprise.Value } },
                File = order.File with { Applicant = holder, Kind = kind },
            };
        }
    }

    [Fact]
    public async Task What_is_withdrawn_waits_no_longer_but_for_a_reviewers_word_that_was_given()
    {
        await using var silo = await TestSilo.StartAsync();
        var ca = silo.Grains.CaAdapter(new CaId("hubei-ca"));
        await ca.Submit(VendorBench.Order("N1"));
        await ca.Submit(VendorBench.Order("N2"));
        await Applications.Wait.UntilAsync(() => ca.GetDesk(), desk => desk.Count == 2);
        await ca.Withdraw("N1");
        await ca.Withdraw("N1");
        await ca.Withdraw("no such number");
        Assert.Equal("N2", Assert.Single(await ca.GetDesk()).ApplicationNumber);
        Assert.Equal(RefusalCode.NotFound, Assert.IsType<Refused<CaDeskFile>>(await ca.Inspect("N1", "审核员甲")).Refusal.Code);
        Assert.Equal(RefusalCode.ApplicationStateWrong, Assert.IsType<Refused<Nothing>>(await ca.Decide(new CaDecision("N1", "审核员甲", null))).Refusal.Code);

        var entry = new QueuedSubmission(VendorBench.Order("N3"), silo.Clock.GetUtcNow(), SubmissionStage.Decided, 0, silo.Clock.GetUtcNow());
        var decided = new StoredCaAdapter { Queue = [entry] };
        Assert.Same(decided, CaAdapterRules.Withdrawn(decided, "N3"));
    }

    [Fact]
    public async Task A_revocation_is_carried_to_the_vendor_however_often_it_fails_and_its_orderer_is_told()
    {
        await using var bench = await VendorBench.StartAsync("scripted-ca");
        var ca = bench.Ca("scripted-ca");
        bench.Vendor.NextIsNeverAnswered();
        bench.Vendor.NextIsGarbage();
        var order = new CaRevocationOrder("0A", RevocationReason.KeyCompromise, new CaNotify("tests/revoked", "me"));
        await ca.RequestRevocation(order);
        await ca.RequestRevocation(order with { Reason = RevocationReason.Unspecified });
        await bench.UntilAsync(() => bench.Vendor.Calls.Contains("revoke 0A"));
        await bench.Silo.RestartAsync();
        await bench.UntilAsync(() => !bench.Outcomes.IsEmpty, TimeSpan.FromSeconds(20));
        Assert.Equal(new CaRevocationOutcome("0A", ScriptedVendor.Moment, null), bench.Outcomes.Distinct().Single());
        Assert.Equal(RevocationReason.KeyCompromise, bench.Vendor.Revoked["0A"]);

        // A refusal is an outcome too.
        await bench.Ca("scripted-ca").RequestRevocation(order with { SigningSerialNumber = "FF" });
        await bench.UntilAsync(() => bench.Outcomes.Any(outcome => outcome.SigningSerialNumber == "FF"));
        Assert.Equal(new CaRevocationOutcome("FF", null, CaRefusal.Unknown), bench.Outcomes.Last());
    }

    [Fact]
    public async Task The_reviewers_word_is_final_whatever_happens_after_it()
    {
        await using var silo = await TestSilo.StartAsync();
        var ca = silo.Grains.CaAdapter(new CaId("hubei-ca"));
        await ca.Submit(VendorBench.Order("N1"));
        await Applications.Wait.UntilAsync(() => ca.GetDesk(), desk => desk.Count == 1);
        Assert.IsType<Done<Nothing>>(await ca.Decide(new CaDecision("N1", "审核员甲", "不清晰")));
        Assert.Empty(await ca.GetDesk());
        Assert.IsType<Done<Nothing>>(await ca.Decide(new CaDecision("N1", "审核员甲", "不清晰")));
        Assert.Equal(RefusalCode.ApplicationStateWrong, Assert.IsType<Refused<Nothing>>(await ca.Decide(new CaDecision("N1", "审核员乙", null))).Refusal.Code);
        await Applications.Wait.UntilAsync(() => ca.GetStatus(), status => status.Waiting == 0);
        await silo.RestartAsync();
        ca = silo.Grains.CaAdapter(new CaId("hubei-ca"));
        Assert.Equal(RefusalCode.ApplicationStateWrong, Assert.IsType<Refused<Nothing>>(await ca.Decide(new CaDecision("N1", "审核员乙", null))).Refusal.Code);
        Assert.IsType<Done<Nothing>>(await ca.Decide(new CaDecision("N1", "审核员甲", "不清晰")));
        Assert.Equal(RefusalCode.NotFound, Assert.IsType<Refused<Nothing>>(await ca.Decide(new CaDecision("N2", "审核员甲", null))).Refusal.Code);
        Assert.Equal(1, (await ca.GetAudit(10)).Count(record => record.Action == CaAuditAction.Rejected));
    }
}
