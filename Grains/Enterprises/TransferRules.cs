using Bzt.Contracts;
using Bzt.Grains.Accounts;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Forms;
using TransferState = Bzt.Contracts.Phone.TransferState;

namespace Bzt.Grains.Enterprises;

/// <summary>转授管理员, pure: the administrator names a member and confirms with the PIN, the member accepts, and both roles change in one state.</summary>
internal static class TransferRules
{
    public const string Operation = "transfer-administrator";
    public static readonly TimeSpan ConfirmWithin = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan AcceptWithin = TimeSpan.FromDays(7);

    public const int WishesPerDay = 20;

    /// <summary>Somebody asks for the administrator's place; the administrator is told who, masked, and decides.</summary>
    public static (StoredEnterprise State, Refusal? Refusal) Ask(
        StoredEnterprise state, CreditCode code, UserId caller, string maskedName, string maskedPhoneNumber, DateTimeOffset now)
    {
        if (state.Claimed is not { } claimed)
        {
            return (state, new Refusal(RefusalCode.EnterpriseUnclaimed));
        }

        if (claimed.Administrator == caller)
        {
            return (state, new Refusal(RefusalCode.AlreadyMember));
        }

        var today = state.TransferWishes.Where(wish => wish.At > now.AddDays(-1)).ToList();
        if ((today.FirstOrDefault(wish => wish.User == caller) ?? (today.Count >= WishesPerDay ? today[0] : null)) is { } tooSoon)
        {
            return (state, new Refusal(RefusalCode.RateLimited, tooSoon.At.AddDays(1)));
        }

        return ((state with { TransferWishes = [.. today, new TransferWish(caller, now)] })
            .Telling(claimed.Administrator, EnterpriseMessages.TransferWished(code, claimed.Name, caller, maskedName, maskedPhoneNumber, now)), null);
    }

    public static (StoredEnterprise State, Refusal? Refusal) Start(StoredEnterprise state, CreditCode code, StartTransfer command, DateTimeOffset now)
    {
        if (MemberRules.OnlyAdministrator(state, command.Caller) is { } forbidden)
        {
            return (state, forbidden);
        }

        if (state.Transfer is { } known && known.Id == command.Operation)
        {
            return known.To == command.Member && known.Certificate == command.Certificate ? (state, null) : (state, new Refusal(RefusalCode.IdempotencyConflict));
        }

        if (state.Transfer?.IsOpen(now) is true)
        {
            return (state, new Refusal(RefusalCode.TransferOpen));
        }

        if (EnterpriseRules.Member(state, command.Member) is not { Role: MemberRole.Staff })
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        // What is signed counts in seconds, so does this.
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + ConfirmWithin).ToUnixTimeSeconds());
        var transfer = new StoredTransfer(
            command.Operation, command.Caller, command.Member, command.Certificate, TransferState.AwaitingConfirmation, now, expires);
        return ((state with { Transfer = transfer }).With(code, command.Caller, EnterpriseAct.TransferStarted, command.Member, command.Operation.ToString("D"), now), null);
    }

    /// <summary>What the administrator sees and signs.</summary>
    public static CertificateTask Task(StoredEnterprise state, CreditCode code, StoredTransfer transfer)
    {
        var member = EnterpriseRules.Member(state, transfer.To)!;
        var form = new InstructionForm(
            Operation, "转授管理员",
            [
                new InstructionFact("企业", state.Claimed!.Name),
                new InstructionFact("统一社会信用代码", code.Value),
                new InstructionFact("新管理员", $"{member.MaskedName} {member.MaskedPhoneNumber}".Trim()),
                new InstructionFact("新管理员编号", member.User.ToString()),
                new InstructionFact("原管理员", "转为办事人员"),
            ],
            transfer.Id, transfer.ExpiresAt);
        return new CertificateTask(
            transfer.Id, EnterpriseOutbox.TransferSigned, code.Value, [new TaskDocument(SigningForms.Instruction, form.Content)], transfer.ExpiresAt);
    }

    /// <summary>The certificate saw to it that the confirmation was in time; its word may come late.</summary>
    public static StoredEnterprise Confirm(StoredEnterprise state, CreditCode code, Guid id, UserId holder, DateTimeOffset now)
    {
        if (state.Transfer is not { State: TransferState.AwaitingConfirmation } transfer || transfer.Id != id || transfer.From != holder)
        {
            return state;
        }

        // Since it was asked for, the administrator may have been replaced and the member have gone.
        if (!MemberRules.IsAdministrator(state, holder) || EnterpriseRules.Member(state, transfer.To) is not { Role: MemberRole.Staff })
        {
            return state;
        }

        return (state with { Transfer = transfer with { State = TransferState.AwaitingAcceptance, ExpiresAt = now + AcceptWithin } })
            .With(code, holder, EnterpriseAct.TransferConfirmed, transfer.To, id.ToString("D"), now)
            .Telling(transfer.To, EnterpriseMessages.TransferRequested(code, state.Claimed!.Name, transfer, now));
    }

    public static (StoredEnterprise State, Refusal? Refusal) Accept(StoredEnterprise state, CreditCode code, UserId caller, Guid id, DateTimeOffset now)
    {
        if (state.Transfer is not { } transfer || transfer.Id != id || transfer.To != caller)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        if (transfer.State == TransferState.Done)
        {
            return (state, null);
        }

        if (!IsAsked(transfer, now) || EnterpriseRules.Member(state, caller) is not { } member)
        {
            return (state, new Refusal(RefusalCode.TransferOver));
        }

        return (Become(state with { Transfer = transfer with { State = TransferState.Done } }, code, member, caller, id.ToString("D"), now)
            .Telling(transfer.From, EnterpriseMessages.TransferAnswered(code, state.Claimed!.Name, transfer, accepted: true, now)), null);
    }

    public static (StoredEnterprise State, Refusal? Refusal) Decline(StoredEnterprise state, CreditCode code, UserId caller, Guid id, DateTimeOffset now)
    {
        if (state.Transfer is not { } transfer || transfer.Id != id || transfer.To != caller)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        return transfer.State == TransferState.Declined ? (state, null)
            : !IsAsked(transfer, now) ? (state, new Refusal(RefusalCode.TransferOver))
            : ((state with { Transfer = transfer with { State = TransferState.Declined } })
                .With(code, caller, EnterpriseAct.TransferDeclined, transfer.From, id.ToString("D"), now)
                .Telling(transfer.From, EnterpriseMessages.TransferAnswered(code, state.Claimed!.Name, transfer, accepted: false, now)), null);
    }

    public static (StoredEnterprise State, Refusal? Refusal) Withdraw(StoredEnterprise state, CreditCode code, UserId caller, Guid id, DateTimeOffset now)
    {
        if (state.Transfer is not { } transfer || transfer.Id != id || transfer.From != caller)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        return transfer.State == TransferState.Withdrawn ? (state, null)
            : transfer.IsOpen(now) ? (Stop(state, code, caller, now), null)
            : (state, new Refusal(RefusalCode.TransferOver));
    }

    /// <summary>An administrator who cannot be reached is replaced, on the CA's approval of the legal representative's new form.</summary>
    public static (StoredEnterprise State, Refusal? Refusal) Replace(StoredEnterprise state, CreditCode code, ReplaceAdministrator command, DateTimeOffset now)
    {
        if (state.Claimed is not { } claimed)
        {
            return (state, new Refusal(RefusalCode.EnterpriseUnclaimed));
        }

        if (state.Replacements.Contains(command.Application))
        {
            return (state, null);
        }

        var next = Stop(state, code, null, now) with { Replacements = [.. state.Replacements.TakeLast(EnterpriseRules.ReplacementsKept - 1), command.Application] };
        if (claimed.Administrator == command.Administrator)
        {
            return (next, null);
        }

        var joining = new AddMember(command.Application.Value, command.Administrator, MemberVia.Replacement, command.MaskedName, command.MaskedPhoneNumber);
        next = MemberRules.Join(next, code, joining, now);
        return (Become(next, code, EnterpriseRules.Member(next, command.Administrator)!, null, command.Application.ToString(), now)
            .Telling(claimed.Administrator, EnterpriseMessages.Replaced(code, claimed.Name, command.Application, now)), null);
    }

    /// <summary>What is open ends; unchanged when nothing is.</summary>
    public static StoredEnterprise Stop(StoredEnterprise state, CreditCode code, UserId? actor, DateTimeOffset now) => state.Transfer is { } transfer && transfer.IsOpen(now)
        ? (state with
        {
            Transfer = transfer with { State = TransferState.Withdrawn },
            Outbox = transfer.State == TransferState.AwaitingConfirmation
                ? state.Outbox.Add(EnterpriseOutbox.WithdrawTask, transfer.Certificate.ToString(), transfer.Id)
                : state.Outbox,
        }).With(code, actor, EnterpriseAct.TransferWithdrawn, transfer.To, transfer.Id.ToString("D"), now)
        : state;

    public static TransferView View(StoredEnterprise state, CreditCode code, StoredTransfer transfer, DateTimeOffset now)
    {
        var member = EnterpriseRules.Member(state, transfer.To);
        return new TransferView(
            transfer.Id, code, state.Claimed!.Name, transfer.From, transfer.To, member?.MaskedName ?? "", member?.MaskedPhoneNumber ?? "", transfer.Certificate,
            IsOpenState(transfer.State) && !transfer.IsOpen(now) ? TransferState.Expired : transfer.State, transfer.ExpiresAt);
    }

    /// <summary>The one place where the administrator changes: both roles, and both accounts told, in one state.</summary>
    private static StoredEnterprise Become(StoredEnterprise state, CreditCode code, EnterpriseMember member, UserId? actor, string detail, DateTimeOffset now)
    {
        var claimed = state.Claimed!;
        var changed = claimed with
        {
            Administrator = member.User,
            AdministratorMaskedName = member.MaskedName,
            AdministratorMaskedPhoneNumber = member.MaskedPhoneNumber,
            Members = [.. claimed.Members.Select(other => other with { Role = other.User == member.User ? MemberRole.Administrator : MemberRole.Staff })],
        };
        return (state with
        {
            Claimed = changed,
            Outbox = state.Outbox
                .AddMembership(claimed.Administrator, new Membership(code, claimed.Name, MemberRole.Staff))
                .AddMembership(member.User, new Membership(code, claimed.Name, MemberRole.Administrator))
                .Project(EnterpriseProjector.Row(code, changed)),
        }).With(code, actor, EnterpriseAct.AdministratorChanged, member.User, detail, now)
            .Telling(member.User, EnterpriseMessages.AdministratorNow(code, claimed.Name, detail, now));
    }

    private static bool IsAsked(StoredTransfer transfer, DateTimeOffset now) => transfer.State == TransferState.AwaitingAcceptance && transfer.IsOpen(now);

    private static bool IsOpenState(TransferState state) => state is TransferState.AwaitingConfirmation or TransferState.AwaitingAcceptance;
}
