using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Certificates;

namespace Bzt.Grains.Enterprises;

// 转授管理员.
public sealed partial class EnterpriseGrain
{
    public async Task<Reply<TransferView>> StartTransfer(StartTransfer command)
    {
        // The certificate whose PIN confirms is the administrator's own, of this enterprise, and can sign now.
        if (MemberRules.OnlyAdministrator(storage.State, command.Caller) is { } forbidden)
        {
            return forbidden;
        }

        if (await GrainFactory.Certificate(command.Certificate).GetFacts() is not Done<CertificateFacts>(var facts) || facts.Holder != command.Caller || facts.CreditCode != Code)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (facts.State != CertificateState.Active)
        {
            return new Refusal(RefusalCode.CertificateUnusable);
        }

        var now = time.GetUtcNow();
        var (next, refusal) = TransferRules.Start(storage.State, Code, command, now);
        if (refusal is not null)
        {
            return refusal;
        }

        // A crash between the two is mended by the phone's repeat, which comes here again.
        await Write(next);
        if (next.Transfer is { State: TransferState.AwaitingConfirmation } transfer
            && await GrainFactory.Certificate(command.Certificate).Ask(TransferRules.Task(next, Code, transfer)) is Refused<Nothing>(var notAsked))
        {
            await Write(TransferRules.Stop(storage.State, Code, command.Caller, now));
            return notAsked;
        }

        return TransferRules.View(next, Code, next.Transfer!, now);
    }

    public Task TransferSigned(TaskSigned signed) => Write(TransferRules.Confirm(storage.State, Code, signed.Id, signed.Holder, time.GetUtcNow()));

    public Task<Reply<TransferView>> GetTransfer(UserId caller) => Task.FromResult<Reply<TransferView>>(
        storage.State.Transfer is { } transfer && (transfer.From == caller || transfer.To == caller)
            ? TransferRules.View(storage.State, Code, transfer, time.GetUtcNow())
            : new Refusal(RefusalCode.NotFound));

    public async Task<Reply<Nothing>> AcceptTransfer(UserId caller, Guid transfer) => await IsThereAsync(caller)
        ? await Decide(TransferRules.Accept(storage.State, Code, caller, transfer, time.GetUtcNow()))
        : new Refusal(RefusalCode.AccountClosed);

    public Task<Reply<Nothing>> DeclineTransfer(UserId caller, Guid transfer) =>
        Decide(TransferRules.Decline(storage.State, Code, caller, transfer, time.GetUtcNow()));

    public Task<Reply<Nothing>> WithdrawTransfer(UserId caller, Guid transfer) =>
        Decide(TransferRules.Withdraw(storage.State, Code, caller, transfer, time.GetUtcNow()));

    public async Task<Reply<Nothing>> AskForTransfer(UserId caller, string name, string phoneNumber)
    {
        if (await GrainFactory.User(caller).GetAccount() is not Done<Account>({ RealName: { } realName } account))
        {
            return new Refusal(RefusalCode.RealNameRequired);
        }

        return await VerifyAdministrator(caller, name, phoneNumber) is Refused<Nothing> refused
            ? refused
            : await Decide(TransferRules.Ask(storage.State, Code, caller, realName.MaskedName, account.MaskedPhoneNumber, time.GetUtcNow()));
    }

    public async Task<Reply<Nothing>> ReplaceAdministrator(ReplaceAdministrator command) => await IsThereAsync(command.Administrator)
        ? await Decide(TransferRules.Replace(storage.State, Code, command, time.GetUtcNow()))
        : new Refusal(RefusalCode.AccountClosed);

    /// <summary>Nobody administers whose account was closed meanwhile. While it is being closed nobody knows, and whoever asks asks again.</summary>
    private async Task<bool> IsThereAsync(UserId user) => await GrainFactory.GetGrain<IUserSteps>(user.Value).MayAdminister() switch
    {
        Done<Nothing> => true,
        Refused<Nothing>({ Code: RefusalCode.AccountClosed }) => false,
        _ => throw new TimeoutException("An account is being closed."),
    };
}
