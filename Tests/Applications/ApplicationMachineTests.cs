using Bzt.Contracts.Phone;
using Bzt.Grains.Applications;
using CsCheck;

namespace Bzt.Tests.Applications;

/// <summary>The one machine of all kinds, whatever happens around it.</summary>
public sealed class ApplicationMachineTests
{
    private static readonly Gen<ApplicationWorld.Step> Any = Gen.Enum<ApplicationWorld.Step>();

    /// <summary>What leads on, in order, among what does not: random steps alone would rarely come far.</summary>
    private static readonly ApplicationWorld.Step[] Forward =
    [
        ApplicationWorld.Step.Submit, ApplicationWorld.Step.Agree, ApplicationWorld.Step.BeginSeal, ApplicationWorld.Step.Sign, ApplicationWorld.Step.Confirm,
        ApplicationWorld.Step.Deliver, ApplicationWorld.Step.Pay, ApplicationWorld.Step.Deliver, ApplicationWorld.Step.Deliver, ApplicationWorld.Step.Approve,
        ApplicationWorld.Step.Deliver, ApplicationWorld.Step.Pay, ApplicationWorld.Step.Deliver, ApplicationWorld.Step.Download, ApplicationWorld.Step.Activate,
    ];

    [Fact]
    public void Nothing_leaves_the_table_is_issued_unapproved_or_paid_for_in_vain() =>
        Gen.Select(
            Gen.Enum<ApplicationKind>(), Gen.Enum<FeeDue>(),
            Gen.Select(Any, Gen.Int[0, 1], Gen.Int[0, 3]).Array[5, 80])
        .Sample((kind, fee, steps) =>
        {
            var world = new ApplicationWorld(kind, fee);
            int[] at = [0, 0];
            foreach (var (step, which, bias) in steps)
            {
                if (bias == 0)
                {
                    world.Take(step, which);
                }
                else
                {
                    world.Take(Forward[at[which]++ % Forward.Length], which);
                }
            }

            world.Settle();
        }, iter: 4000);

    /// <summary>The property above is worth something only if such walks arrive.</summary>
    [Fact]
    public void Undisturbed_every_kind_arrives_at_its_certificate()
    {
        foreach (var kind in Enum.GetValues<ApplicationKind>())
        {
            foreach (var fee in Enum.GetValues<FeeDue>())
            {
                var world = new ApplicationWorld(kind, fee);
                foreach (var step in Forward)
                {
                    world.Take(step, 0);
                }

                world.Settle();
                Assert.Equal(ApplicationState.Completed, world.StateOf(0));
                Assert.Equal(kind == ApplicationKind.Claim ? 1 : 0, world.Administrators);
            }
        }
    }
}
