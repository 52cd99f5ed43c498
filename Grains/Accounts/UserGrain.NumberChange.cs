using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using CertificateFacts = Bzt.Grains.Certificates.CertificateFacts;
using CertificateState = Bzt.Contracts.Phone.CertificateState;
using TaskSigned = Bzt.Grains.Certificates.TaskSigned;

namespace Bzt.Grains.Accounts;

// 更换手机号. The methods of IUserGrain interleave and call the numbers' grains; those of IUserSteps decide and write.
public sealed partial class UserGrain
{
    public async Task<Reply<NumberChangeView>> ChangeNumber(ChangeNumber command)
    {
        // 1. A repeat goes on where it was.
        var hash = protector.KeyedHash("phone-number", command.NewNumber);
        if (durable.NumberChange is { } known && known.Operation == command.Operation)
        {
            return known.NumberHash != hash ? new Refusal(RefusalCode.IdempotencyConflict) : known.Done ? NumberChangeRules.View(known) : await GoOnAsync(known);
        }

        if (OwnNumber() is not { } number || command.NewNumber == number)
        {
            return new Refusal(RefusalCode.InvalidRequest);
        }

        // 2. What will confirm it, before a code is used up.
        var certificate = await ActiveCertificateAsync(command.Device);
        var now = time.GetUtcNow();
        if (certificate is null && !NumberChangeRules.IsProven(durable, command.Device, now))
        {
            return new Refusal(RefusalCode.RealNameProofNeeded);
        }

        // 3. Whoever asks has the new number in hand. Only he learns that it is somebody's.
        var newNumber = NumberGrain(command.NewNumber);
        if (await newNumber.Use(SmsCodePurpose.ChangeNumber, command.Code, $"number/{Id}/{command.Operation:D}") is Refused<Nothing>(var wrong))
        {
            return wrong;
        }

        if (await newNumber.IsTaken(Id))
        {
            return new Refusal(RefusalCode.PhoneNumberTaken);
        }

        // 4. Under way. Whole seconds: the instruction says no fractions.
        var change = new NumberChange(
            command.Operation, hash, personalData.Seal(Person, durable.PersonKey!, "phone-number", command.NewNumber), Masks.PhoneNumber(command.NewNumber),
            command.Device.Value, certificate?.Value, DateTimeOffset.FromUnixTimeSeconds((now + NumberChangeRules.Lifetime).ToUnixTimeSeconds()));
        return await StepAsync(steps => steps.BeginNumberChange(change)) is Refused<Nothing>(var refusal) ? refusal : await GoOnAsync(change);
    }

    public Task<Reply<NumberChangeView>> GetNumberChange(Guid operation) => Task.FromResult<Reply<NumberChangeView>>(
        durable.NumberChange is { } change && change.Operation == operation ? NumberChangeRules.View(change) : new Refusal(RefusalCode.NumberChangeUnknown));

    public async Task NumberChangeSigned(TaskSigned signed)
    {
        if (NumberChangeRules.Pending(durable, time.GetUtcNow()) is { } change && change.Operation == signed.Id && change.Certificate == signed.Certificate.Value && signed.Holder == Id)
        {
            await ClaimAsync(change);
        }
    }

    public Task<bool> HasNumber(string numberHash) => Task.FromResult(
        (OwnNumber() is { } number && protector.KeyedHash("phone-number", number) == numberHash)
        || NumberChangeRules.Pending(durable, time.GetUtcNow())?.NumberHash == numberHash);

    public async Task<Reply<Nothing>> BeginNumberChange(NumberChange change)
    {
        if (durable.PersonKey is null)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (durable.NumberChange?.Operation == change.Operation)
        {
            return new Nothing();
        }

        // What an earlier one may have claimed is free again.
        var outbox = durable.NumberChange is { Done: false } earlier ? durable.Outbox.AddReleaseNumber(Id, earlier.NumberHash) : durable.Outbox;
        await WriteAsync(durable with { NumberChange = change, Outbox = outbox });
        return new Nothing();
    }

    public async Task<Reply<Nothing>> FinishNumberChange(Guid operation)
    {
        var now = time.GetUtcNow();
        if (durable.NumberChange is { Done: true } done && done.Operation == operation)
        {
            return new Nothing();
        }

        if (NumberChangeRules.Pending(durable, now) is not { } change || change.Operation != operation || OwnNumber() is not { } old)
        {
            return new Refusal(RefusalCode.NumberChangeUnknown);
        }

        var number = personalData.Open(Person, durable.PersonKey!, "phone-number", change.SealedNumber);
        var message = new InboxEntry(
            $"number-{operation:N}", MessageKind.NumberChanged, "手机号已更换", $"您的账号已由{durable.MaskedPhoneNumber}更换为{change.MaskedNumber}，今后请使用新手机号登录。若非本人操作，请尽快联系客服。", null, now);
        await WriteAsync(durable with
        {
            PhoneNumber = change.SealedNumber,
            MaskedPhoneNumber = change.MaskedNumber,
            NumberChange = change with { Done = true },
            Outbox = durable.Outbox
                .AddMessage(Id, message)
                .AddReleaseNumber(Id, protector.KeyedHash("phone-number", old))
                .AddNumberNotice(Id, NumberNotice.For(protector, Id, old, number)),
        });
        return new Nothing();
    }

    public async Task AbandonNumberChange(Guid operation)
    {
        if (durable.NumberChange is not { Done: false } change || change.Operation != operation)
        {
            return;
        }

        var message = new InboxEntry(
            $"number-{operation:N}", MessageKind.NumberChanged, "手机号未能更换", $"{change.MaskedNumber}已属于其他账号，您的账号仍使用{durable.MaskedPhoneNumber}。", null, time.GetUtcNow());
        await WriteAsync(durable with { NumberChange = null, Outbox = durable.Outbox.AddMessage(Id, message) });
    }

    /// <summary>Asks for the PIN; without a certificate the proof was enough. Both may be done again.</summary>
    private async Task<Reply<NumberChangeView>> GoOnAsync(NumberChange change)
    {
        if (change.Certificate is { } certificate)
        {
            var asked = await GrainFactory.Certificate(new CertificateId(certificate)).Ask(NumberChangeRules.Task(Id, change, durable.MaskedPhoneNumber));
            return asked is Refused<Nothing>(var notAsked) ? notAsked : NumberChangeRules.View(change);
        }

        return await ClaimAsync(change) is Refused<Nothing>(var refusal) ? refusal : NumberChangeRules.View(change with { Done = true });
    }

    /// <summary>The number's grain decides between accounts, then ours between changes. A crash in between is made good by the repeat or by the deadline.</summary>
    private async Task<Reply<Nothing>> ClaimAsync(NumberChange change)
    {
        var claimed = await GrainFactory.PhoneNumber(change.NumberHash).Claim(Id);
        if (claimed is Done<Nothing>)
        {
            return await StepAsync(steps => steps.FinishNumberChange(change.Operation));
        }

        await StepAsync(steps => steps.AbandonNumberChange(change.Operation));
        return claimed;
    }

    /// <summary>One whose PIN can be entered on this device.</summary>
    private async Task<CertificateId?> ActiveCertificateAsync(DeviceId device)
    {
        foreach (var id in await GrainFactory.Holder(Id).GetCertificates())
        {
            if (await GrainFactory.Certificate(id).GetFacts() is Done<CertificateFacts>(var facts) && facts.State == CertificateState.Active && facts.Holder == Id && facts.Device == device)
            {
                return id;
            }
        }

        return null;
    }
}
