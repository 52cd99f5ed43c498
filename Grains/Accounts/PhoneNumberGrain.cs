using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Accounts.Passwords;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.Sms;

namespace Bzt.Grains.Accounts;

/// <summary>A number's codes and its owner. Calls its owner's <see cref="IUserGrain"/> and nobody else.</summary>
[GrainType("phone-number")]
public sealed class PhoneNumberGrain(
    [PersistentState("phone-number")] IPersistentState<PhoneNumberState> state, IKeyProtector protector, PasswordHashing passwords, ISmsSender sms, TimeProvider time)
    : Grain, IPhoneNumberGrain
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(6);

    public async Task<Reply<CodeSent>> SendCode(ClearNumber phoneNumber, SmsCodePurpose purpose)
    {
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var (next, refusal) = PhoneNumberRules.Issue(state.State, purpose, Hash(purpose, code), time.GetUtcNow());
        if (refusal is not null)
        {
            return refusal;
        }

        // Written first: a crash may cost the user a code, it never lets one be sent that does not count.
        await state.WriteAsync(this, next);
        using var giveUp = new CancellationTokenSource(SendTimeout, time);
        return await SendAsync(phoneNumber.Value, code, purpose, giveUp.Token) switch
        {
            SmsResult.Ok => new CodeSent(PhoneNumberRules.ResendAfter, PhoneNumberRules.Lifetime),
            SmsResult.Refused { Code: SmsRefusal.InvalidNumber } => new Refusal(RefusalCode.InvalidRequest),
            SmsResult.Refused { Code: SmsRefusal.TooMany } => new Refusal(RefusalCode.SmsTooMany, time.GetUtcNow() + TimeSpan.FromHours(1)),
            // It may have been sent all the same; the next one can be asked for as after any other.
            _ => new Refusal(RefusalCode.ProviderUnavailable, time.GetUtcNow() + PhoneNumberRules.ResendAfter),
        };
    }

    public async Task<Reply<LoggedIn>> LogIn(LogInByCode command)
    {
        var (next, refusal) = PhoneNumberRules.Use(state.State, SmsCodePurpose.Login, Hash(SmsCodePurpose.Login, command.Code), command.LogIn.Jkt, time.GetUtcNow());
        if (refusal is null && next.Owner is null)
        {
            next = next with { Owner = Guid.CreateVersion7() };
        }

        if (next != state.State)
        {
            await state.WriteAsync(this, next);
        }

        // A crash here leaves a used code; the same device may use it again, see PhoneNumberRules.Use.
        if (refusal is not null)
        {
            return refusal;
        }

        var reply = await GrainFactory.User(Owner).LogIn(command.LogIn);
        if (reply is not Refused<LoggedIn> { Refusal.Code: RefusalCode.AccountClosed })
        {
            return reply;
        }

        // The account was closed or has another number, and has not told us yet: the number is free.
        await state.WriteAsync(this, state.State with { Owner = Guid.CreateVersion7() });
        return await GrainFactory.User(Owner).LogIn(command.LogIn);
    }

    public async Task<Reply<LoggedIn>> LogInByPassword(LogInByPassword command)
    {
        if (await CheckPassword(command.Password) is Refused<Nothing> { Refusal: var refusal })
        {
            return refusal;
        }

        var reply = await GrainFactory.User(Owner).LogIn(command.LogIn);
        return reply is Refused<LoggedIn> { Refusal.Code: RefusalCode.AccountClosed } ? new Refusal(RefusalCode.PasswordWrong) : reply;
    }

    public Task<Reply<Nothing>> CheckPassword(Password password)
    {
        var account = state.State.Owner is null ? Nobody() : Owner;
        return CheckAsync(account, () => GrainFactory.GetGrain<IUserSteps>(account.Value).GetPassword(), password);
    }

    public Task<Reply<Nothing>> CheckOwnPassword(UserId account, byte[]? sealedPassword, Password password) =>
        CheckAsync(account, () => Task.FromResult(sealedPassword), password);

    private async Task<Reply<Nothing>> CheckAsync(UserId account, Func<Task<byte[]?>> find, Password password)
    {
        // 1. The limits, which nothing but earlier tries has a say in.
        var now = time.GetUtcNow();
        var wrong = state.State.WrongPasswords ?? [];
        if (PasswordRules.MayTry(wrong, now) is { } refusal)
        {
            return refusal;
        }

        // 2. One verification at a time for a number, whether there is anything to verify against or not. The turn waits, its thread does not.
        var phc = await find() is { } sealedPassword ? StoredPassword.Open(protector, account, sealedPassword) : null;
        if (await passwords.VerifyAsync(password.Value, phc) is not { } right)
        {
            return new Refusal(RefusalCode.RateLimited, now + TimeSpan.FromSeconds(2));
        }

        // 3. What was learnt. Only wrong ones count, and a right one forgives them.
        if (!right || !wrong.IsEmpty)
        {
            await state.WriteAsync(this, state.State with { WrongPasswords = right ? null : PasswordRules.AfterWrong(wrong, now) });
        }

        return right ? new Nothing() : new Refusal(RefusalCode.PasswordWrong);
    }

    /// <remarks>The account says whether it still has the number: a release that is on its way, or a login that was never finished, holds nobody up.</remarks>
    public async Task<bool> IsTaken(UserId user) =>
        state.State.Owner is { } owner && owner != user.Value && await GrainFactory.GetGrain<IUserSteps>(owner).HasNumber(this.GetPrimaryKeyString());

    public async Task<Reply<Nothing>> Claim(UserId user)
    {
        if (await IsTaken(user))
        {
            return new Refusal(RefusalCode.PhoneNumberTaken);
        }

        if (state.State.Owner != user.Value)
        {
            await state.WriteAsync(this, state.State with { Owner = user.Value, WrongPasswords = null });
        }

        return new Nothing();
    }

    public async Task Release(UserId user)
    {
        // It may have come back to the number meanwhile.
        if (state.State.Owner == user.Value && !await GrainFactory.GetGrain<IUserSteps>(user.Value).HasNumber(this.GetPrimaryKeyString()))
        {
            await state.WriteAsync(this, state.State with { Owner = null, WrongPasswords = null });
        }
    }

    private UserId Owner => new(state.State.Owner!.Value);

    /// <summary>An account that is not there, asked in the place of one: the answer takes the same way.</summary>
    private UserId Nobody() => new(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(this.GetPrimaryKeyString())).AsSpan(0, 16)));

    public async Task<Reply<Nothing>> Use(SmsCodePurpose purpose, SmsCode code, string usedBy)
    {
        // A login's code also names the device key, which only LogIn does.
        if (purpose is SmsCodePurpose.Login)
        {
            return new Refusal(RefusalCode.InvalidRequest);
        }

        var (next, refusal) = PhoneNumberRules.Use(state.State, purpose, Hash(purpose, code.Value), usedBy, time.GetUtcNow());
        if (next != state.State)
        {
            await state.WriteAsync(this, next);
        }

        return refusal is not null ? refusal : new Nothing();
    }

    public Task<UserId?> GetOwner() => Task.FromResult<UserId?>(state.State.Owner is { } owner ? new UserId(owner) : null);

    private async Task<SmsResult> SendAsync(string phoneNumber, string code, SmsCodePurpose purpose, CancellationToken giveUp)
    {
        try
        {
            return await sms.SendCodeAsync(phoneNumber, code, Template(purpose), Guid.NewGuid().ToString("N"), giveUp);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            return new SmsResult.Unavailable("no answer in time");
        }
    }

    private string Hash(SmsCodePurpose purpose, string code) => protector.KeyedHash("sms-code", $"{this.GetPrimaryKeyString()}|{purpose}|{code}");

    private static SmsPurpose Template(SmsCodePurpose purpose) => purpose switch
    {
        SmsCodePurpose.Login => SmsPurpose.Login,
        SmsCodePurpose.ChangeNumber => SmsPurpose.ChangePhone,
        SmsCodePurpose.ResetPassword => SmsPurpose.ResetPassword,
        SmsCodePurpose.ChangePin => SmsPurpose.ChangePin,
        SmsCodePurpose.RecoverPin => SmsPurpose.ResetPin,
        SmsCodePurpose.Recovery or SmsCodePurpose.CloseAccount or SmsCodePurpose.ExportData => SmsPurpose.VerifyIdentity,
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "No template."),
    };
}
