using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Seals;
using Bzt.Tests.Storage;
using ApplicationId = Bzt.Grains.ApplicationId;

namespace Bzt.Tests.Seals;

/// <summary>What a release has stored, every later one reads; and what the pure rules decide.</summary>
public sealed class StoredSealsTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly UserId User = new(Id);
    private static readonly CreditCode Code = new("91420500MA0000001X");

    private static readonly CutSealView[] Cut =
    [
        new(SealKind.Enterprise, "aa", 40.8, 40.7, null), new(SealKind.LegalRepresentative, "bb", 20, 20, null), new(SealKind.Signature, "cc", 38, 18, null),
    ];

    private static readonly StoredSealSet Extracted = SealSetRules.Extracted(new StoredSealSet(), new ExtractSeals(User, "form"), marksFound: true, Cut);

    [Fact]
    public void Seal_set() => GoldenState.Verify("seal-set-v1", new StoredSealSet
    {
        Set = new SealSetRecord(
            User, "form", MarksFound: true, [Cut[0], Cut[1], new CutSealView(SealKind.Signature, null, 0, 0, SealFault.TooBlurred)],
            [new SealCrop(SealKind.Enterprise, [new(0.1, 0.2), new(0.3, 0.2), new(0.3, 0.4), new(0.1, 0.4)])], 1, At),
        Adoption = new SealAdoption(Code, new ApplicationId(Id)),
        Outbox = Bzt.Grains.Foundations.Outbox.Empty.Add("seals/give", Code.Value, new GiveSeals(Id, new ApplicationId(Id), User, At, [new SealFacts(SealKind.Enterprise, "aa", 40, 40)])),
    });

    [Fact]
    public void Enterprise_seals() => GoldenState.Verify("enterprise-seals-v1", new StoredEnterpriseSeals
    {
        Sets = [new EnterpriseSealSet(Id, new ApplicationId(Id), User, At, At, [new SealFacts(SealKind.Enterprise, "aa", 40.8, 40.7), new SealFacts(SealKind.Signature, "cc", 38, 18)])],
    });

    [Fact]
    public void Seal_withdrawal() => GoldenState.Verify("seal-withdrawal-v1", new StoredSealWithdrawal
    {
        Withdrawal = new SealWithdrawal(new SessionId(Id), new PlatformId("yichang-ggzy"), At, "报价有误", [1], [2], [3]),
    });

    [Fact]
    public void Seals_are_given_once_whichever_comes_first()
    {
        var adopt = new AdoptSeals(Code, new ApplicationId(Id));
        var (confirmed, none) = SealSetRules.Confirm(Extracted, Id, User, At);
        Assert.Null(none);
        Assert.True(confirmed.Outbox.IsEmpty);
        var first = SealSetRules.Adopt(confirmed, Id, adopt);
        var second = SealSetRules.Confirm(SealSetRules.Adopt(Extracted, Id, adopt), Id, User, At).State;
        foreach (var given in (StoredSealSet[])[first, second])
        {
            Assert.Equal(3, Assert.Single(given.Outbox.Items).Read<GiveSeals>().Seals.Count);
            Assert.Same(given, SealSetRules.Adopt(given, Id, adopt with { Application = new ApplicationId(Guid.NewGuid()) }));
            Assert.Same(given, SealSetRules.Confirm(given, Id, User, At.AddDays(1)).State);
        }
    }

    [Fact]
    public void What_is_confirmed_is_not_cut_again_and_patience_ends()
    {
        var crop = new SealCrop(SealKind.Signature, [new(0, 0), new(1, 0), new(1, 1), new(0, 1)]);
        var command = new CutSeal(User, crop);
        Assert.Equal(RefusalCode.NotFound, SealSetRules.MayCut(Extracted, command with { Caller = UserId.New() })!.Code);
        var state = Extracted;
        for (var i = 0; i < SealSetRules.MostCuts; i++)
        {
            Assert.Null(SealSetRules.MayCut(state, command));
            state = SealSetRules.Cut(state, crop, new CutSealView(SealKind.Signature, null, 0, 0, SealFault.NotFound));
        }

        Assert.Single(state.Set!.Crops);
        Assert.Equal(RefusalCode.SealCropsTooMany, SealSetRules.MayCut(state, command)!.Code);
        Assert.Equal(RefusalCode.SealsIncomplete, SealSetRules.Confirm(state, Id, User, At).Refusal!.Code);
        Assert.Equal(RefusalCode.SealsConfirmed, SealSetRules.MayCut(SealSetRules.Confirm(Extracted, Id, User, At).State, command)!.Code);
    }
}
