using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Enterprises;

/// <summary>The enterprises that are claimed, for searches.</summary>
public sealed class EnterpriseProjector : IStateProjector
{
    public string GrainType => "enterprise";

    public string StateName => "enterprise";

    public Type State => typeof(StoredEnterprise);

    public IReadOnlyList<Type> Rows => [typeof(EnterpriseRow)];

    public static EnterpriseRow Row(CreditCode code, ClaimedEnterprise enterprise) => new(code.Value, enterprise.Name, Claimed: true, enterprise.Administrator.ToString());

    public IEnumerable<ProjectionRow> Project(GrainId grain, IHasOutbox state) =>
        state is StoredEnterprise { Claimed: { } claimed } ? [Row(new CreditCode(grain.Key.ToString()!), claimed)] : [];
}
