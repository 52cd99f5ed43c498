using Bzt.Grains.Accounts.Legal;
using Bzt.Grains.Accounts.Passwords;
using Bzt.Grains.Inbox;
using LegalDocument = Bzt.Contracts.Phone.LegalDocument;

namespace Bzt.Grains.Accounts;

// The login password and the consents.
public sealed partial class UserGrain
{
    /// <remarks>Interleaves: it asks the own number's grain and waits for the hash, and holds up nobody meanwhile.</remarks>
    public async Task<Reply<Nothing>> SetPassword(SetPassword command)
    {
        if (OwnNumber() is not { } number)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        // A repeat: the old password is no longer right, and the change is made.
        if (durable.Password?.Operation == command.Operation)
        {
            return new Nothing();
        }

        // 1. The new one, before a code is used up for it.
        if (!PasswordRules.IsAcceptable(command.NewPassword.Value, number))
        {
            return new Refusal(RefusalCode.PasswordUnacceptable);
        }

        // 2. Who wants it: the code, or the old one.
        var proven = command switch
        {
            { Code: { } code, OldPassword: null } => await NumberGrain(number).Use(SmsCodePurpose.ResetPassword, code, $"password/{Id}/{command.Operation:D}"),
            { Code: null, OldPassword: { } old } => await NumberGrain(number).CheckOwnPassword(Id, durable.Password?.SealedHash, old),
            _ => new Refusal(RefusalCode.InvalidRequest),
        };
        if (proven is Refused<Nothing>)
        {
            // By now the old one may be the new one: of a repeat while the first try was stored.
            return durable.Password?.Operation == command.Operation ? new Nothing() : proven;
        }

        // 3. Hash and store.
        return await passwords.HashAsync(command.NewPassword.Value) is { } phc
            ? await StepAsync(steps => steps.StorePassword(command.Operation, StoredPassword.Seal(protector, Id, phc)))
            : new Refusal(RefusalCode.RateLimited, time.GetUtcNow() + TimeSpan.FromSeconds(2));
    }

    public async Task<Reply<Nothing>> StorePassword(Guid operation, byte[] sealedPassword)
    {
        // The account may have been closed meanwhile.
        if (durable.PersonKey is null)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (durable.Password?.Operation == operation)
        {
            return new Nothing();
        }

        var now = time.GetUtcNow();
        var message = new InboxEntry(
            $"password-{now.ToUnixTimeMilliseconds()}", MessageKind.PasswordChanged, "登录密码已修改", "您的登录密码已设置或修改。若非本人操作，请尽快通过短信验证码重置密码并退出其他设备。", null, now);
        await WriteAsync(durable with { Password = new LoginPassword(sealedPassword, now, operation), Outbox = durable.Outbox.AddMessage(Id, message) });
        return new Nothing();
    }

    public Task<byte[]?> GetPassword() => Task.FromResult(durable.Password?.SealedHash);

    public async Task<Reply<Nothing>> GiveConsents(DeviceId device, IReadOnlyList<ConsentGiven> given)
    {
        if (given.Any(one => one.Version != texts.VersionOf(one.Document)))
        {
            return new Refusal(RefusalCode.ConsentRequired);
        }

        if (ConsentRules.AreTooMany(durable, time.GetUtcNow()))
        {
            return new Refusal(RefusalCode.RateLimited, time.GetUtcNow().AddDays(1));
        }

        var next = ConsentRules.Give(durable, given, texts, device, time.GetUtcNow());
        if (next != durable)
        {
            await WriteAsync(next);
        }

        return new Nothing();
    }

    public async Task<Reply<Nothing>> WithdrawConsent(LegalDocument document)
    {
        if (ConsentRules.NeededToLogIn.Contains(document))
        {
            return new Refusal(RefusalCode.InvalidRequest);
        }

        if (durable.Consents?.Any(consent => consent.Document == document && consent.WithdrawnAt is null) == true)
        {
            await WriteAsync(ConsentRules.Withdraw(durable, document, time.GetUtcNow()));
        }

        return new Nothing();
    }
}
