using System.Security.Cryptography;
using Bzt.Grains.Accounts;
using Bzt.Grains.Remittances;

namespace Bzt.Grains.Enterprises;

// 对公打款. The remittance itself is a grain of its own: a bank that is slow holds up nobody here.
public sealed partial class EnterpriseGrain
{
    public async Task<Reply<RemittanceTerms>> BeginRemittance(BeginRemittance command)
    {
        if (await GrainFactory.User(command.Caller).GetAccount() is not Done<Account>({ RealName: { } name } account))
        {
            return new Refusal(RefusalCode.RealNameRequired);
        }

        var (next, refusal) = MembershipRemittanceRules.Begin(
            storage.State, command, name.MaskedName, account.MaskedPhoneNumber, RandomNumberGenerator.GetInt32, time.GetUtcNow());
        if (refusal is not null)
        {
            return refusal;
        }

        await Write(next);
        return MembershipRemittanceRules.Terms(next, command.Id);
    }

    public Task RemittanceChanged(RemittanceView view) => Write(MembershipRemittanceRules.Changed(storage.State, Code, view, time.GetUtcNow()));
}
