using Bzt.Grains;
using Bzt.Grains.Remittances;
using Bzt.Tests.Storage;
using CsCheck;

namespace Bzt.Tests.Remittances;

[Trait("Feature", "M035"), Trait("Surface", "api")]
public sealed class RemittanceRulesTests
{
    private const string Payer = "宜昌测试（集团）有限公司";
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Now.AddDays(3);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000035");
    private static readonly OpenRemittance Opening = new(
        new UserId(Id), 37, Payer, "123456", End, new Uri("https://bzt.example.com/remittances/notify"), "enterprise/remittance", "91420500MA49ABCD28");

    [Fact]
    public void Right_amount_from_the_right_account_in_time_matches()
    {
        var state = Receive(Opened(), Remittance("1"));
        Assert.Equal((RemittanceState.Matched, RemittanceVerdict.Matched), (StateOf(state), Assert.Single(state.Remittance!.Received).Verdict));
        var told = Assert.Single(state.Outbox.Items);
        Assert.Equal(("enterprise/remittance", "91420500MA49ABCD28", RemittanceState.Matched), (told.Kind, told.Target, told.Read<RemittanceView>().State));

        // Told again nothing happens; nor if the bank changes its mind about the same remittance.
        Assert.Same(state, Receive(state, Remittance("1")));
        Assert.Same(state, Receive(state, Remittance("1", amountFen: 99)));
    }

    [Theory]
    [InlineData("宜昌测试(集团)有限公司")]
    [InlineData(" 宜昌测试（集团） 有限公司 ")]
    public void Banks_write_names_their_own_way(string name) => Assert.Equal(RemittanceState.Matched, StateOf(Receive(Opened(), Remittance("1", name))));

    [Theory]
    [InlineData("宜昌测试有限公司", "123456", 37, 0, RemittanceVerdict.WrongPayer)]
    [InlineData(Payer, "123457", 37, 0, RemittanceVerdict.WrongPayer)]
    [InlineData(Payer, "23456", 37, 0, RemittanceVerdict.WrongPayer)]
    [InlineData(Payer, "123456", 36, 0, RemittanceVerdict.WrongAmount)]
    [InlineData(Payer, "123456", 3700, 0, RemittanceVerdict.WrongAmount)]
    [InlineData(Payer, "123456", 37, 3 * 86400 + 1, RemittanceVerdict.Late)]
    [InlineData("宜昌测试有限公司", "1", 1, 3 * 86400 + 1, RemittanceVerdict.Late)]
    public void Anything_else_is_told_and_proves_nothing(string name, string tail, long amount, int secondsLater, RemittanceVerdict verdict)
    {
        var state = Receive(Opened(), new IncomingRemittance("1", name, tail, amount, Now.AddSeconds(secondsLater)));
        Assert.Equal(verdict, Assert.Single(state.Remittance!.Received).Verdict);
        Assert.Equal(RemittanceState.Waiting, StateOf(state));
        Assert.Equal(RemittanceState.Expired, RemittanceRules.State(state.Remittance, End.AddSeconds(1)));
        Assert.Single(state.Outbox.Items);

        // Then the right one.
        Assert.Equal(RemittanceState.Matched, StateOf(Receive(state, Remittance("2"))));
    }

    [Fact]
    public void The_second_right_one_is_doubled_and_a_bank_that_tells_late_is_not_the_payer_s_fault()
    {
        var state = Receive(Opened(), Remittance("1"), Remittance("2"));
        Assert.Equal([RemittanceVerdict.Matched, RemittanceVerdict.Doubled], state.Remittance!.Received.Select(received => received.Verdict));
        var late = RemittanceRules.Receive(Opened(), Id, [Remittance("1")], End.AddHours(5)).State;
        Assert.Equal(RemittanceState.Matched, RemittanceRules.State(late.Remittance!, End.AddHours(5)));
    }

    [Fact]
    public void Withdrawn_nothing_matches_any_more()
    {
        var closed = RemittanceRules.Close(Opened(), Now);
        Assert.Same(closed, RemittanceRules.Close(closed, Now.AddHours(1)));
        var state = Receive(closed, Remittance("1"));
        Assert.Equal((RemittanceState.Closed, RemittanceVerdict.Late), (StateOf(state), state.Remittance!.Received[0].Verdict));
    }

    [Fact]
    public void An_operation_id_stands_for_one_remittance()
    {
        var state = Opened();
        Assert.Same(state, RemittanceRules.Open(state, Opening, Payee).State);
        Assert.Equal(RefusalCode.IdempotencyConflict, RemittanceRules.Open(state, Opening with { AmountFen = 38 }, Payee).Refusal?.Code);
        Assert.Equal(RefusalCode.NotFound, RemittanceRules.Receive(new StoredRemittance(), Id, [Remittance("1")], Now).Refusal?.Code);
        Assert.All(
            new[] { Opening with { AmountFen = 0 }, Opening with { AmountFen = 100 }, Opening with { AccountTail = "12345" }, Opening with { AccountTail = "12345x" }, Opening with { PayerName = "" }, Opening with { ExpiresAt = Now } },
            wrong => Assert.False(RemittanceRules.IsAcceptable(wrong, Now)));
        Assert.True(RemittanceRules.IsAcceptable(Opening, Now));
    }

    [Fact]
    public void In_whatever_order_and_however_often_they_are_told_one_matches_and_each_is_judged_once() =>
        Gen.Select(Gen.Int[0, 9], Gen.Bool, Gen.Bool, Gen.Bool).Array[1, 30].Sample(told =>
        {
            var state = Opened();
            foreach (var (serial, rightAmount, rightPayer, inTime) in told)
            {
                state = Receive(state, new IncomingRemittance(
                    $"{serial}", rightPayer ? Payer : "别家", "123456", rightAmount ? 37 : 38, inTime ? Now : End.AddMinutes(1)));
            }

            var received = state.Remittance!.Received;
            var first = told.DistinctBy(line => line.Item1).ToList();
            Assert.Equal(first.Count, received.Length);
            var right = first.Count(line => line is { Item2: true, Item3: true, Item4: true });
            Assert.Equal(Math.Min(1, right), received.Count(line => line.Verdict == RemittanceVerdict.Matched));
            Assert.Equal(Math.Max(0, right - 1), received.Count(line => line.Verdict == RemittanceVerdict.Doubled));
            Assert.Equal(right > 0, StateOf(state) == RemittanceState.Matched);
        });

    [Fact]
    public void Stored() => GoldenState.Verify("remittance-v1", RemittanceRules.Close(Receive(Opened(), Remittance("1"), Remittance("2", amountFen: 5)), Now));

    private static readonly PayeeAccount Payee = new("标证通服务有限公司", "宜昌支行", "9558000000000000001");

    private static StoredRemittance Opened() => RemittanceRules.Open(new StoredRemittance(), Opening, Payee).State;

    private static StoredRemittance Receive(StoredRemittance state, params IncomingRemittance[] incoming) => RemittanceRules.Receive(state, Id, incoming, Now).State;

    private static IncomingRemittance Remittance(string serial, string name = Payer, long amountFen = 37) => new(serial, name, "123456", amountFen, Now);

    private static RemittanceState StateOf(StoredRemittance state) => RemittanceRules.State(state.Remittance!, Now);
}
