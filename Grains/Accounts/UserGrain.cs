using Bzt.Grains.Accounts.Legal;
using Bzt.Grains.Accounts.Passwords;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.Providers.BankCards;
using Bzt.Grains.Providers.RealNames;
using Microsoft.Extensions.Logging;
using LegalDocument = Bzt.Contracts.Phone.LegalDocument;

namespace Bzt.Grains.Accounts;

/// <summary>
/// An account. In its turns it calls <see cref="IPersonGrain"/> and, when that one is another account's, that account: numbers, WeChat users, certificates call it. Its interleaving methods call
/// those, and end in a turn of <see cref="IUserSteps"/>. Messages go through the outbox.
/// </summary>
[GrainType("user")]
public sealed partial class UserGrain : Grain, IUserGrain, IUserSteps, IOutboxOwner
{
    private readonly IPersistentState<UserState> state;
    private readonly OutboxDrain<UserState> drain;
    private readonly PersonalData personalData;
    private readonly IKeyProtector protector;
    private readonly IBankCardVerifier bankCards;
    private readonly IReadOnlyList<IHostedIdentityCheck> pages;
    private readonly LegalTexts texts;
    private readonly PasswordHashing passwords;
    private readonly IProjectionStore projections;
    private readonly TimeProvider time;
    private readonly ILogger<UserGrain> logger;

    /// <summary>What interleaving readers see: never a state whose write has not succeeded.</summary>
    private UserState durable = new();

    public UserGrain(
        [PersistentState("user")] IPersistentState<UserState> state, OutboxDrains drains, PersonalData personalData, IKeyProtector protector, IBankCardVerifier bankCards,
        IEnumerable<IHostedIdentityCheck> pages, LegalTexts texts, PasswordHashing passwords, IProjectionStore projections, TimeProvider time, ILogger<UserGrain> logger)
    {
        (this.state, this.personalData, this.protector, this.bankCards, this.pages, this.time) = (state, personalData, protector, bankCards, [.. pages], time);
        (this.texts, this.passwords, this.projections, this.logger) = (texts, passwords, projections, logger);
        drain = drains.Attach(this, state);
    }

    private UserId Id => new(this.GetPrimaryKey());

    private string Person => this.GetPrimaryKey().ToString("N");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        durable = state.State;
        return Task.CompletedTask;
    }

    public async Task<Reply<LoggedIn>> LogIn(LogIn command)
    {
        // 1. Is it still this account's number? WeChat names none.
        var now = time.GetUtcNow();
        var newUser = durable.RegisteredAt is null;
        if (!newUser && NumberChangeRules.Pending(durable, now) is { } change && change.NumberHash == command.PhoneNumberHash)
        {
            // It is about to become this account's number; whoever has it in hand waits until that is decided.
            return new Refusal(RefusalCode.RateLimited, NumberChangeRules.Deadline(change));
        }

        if (newUser ? command.PhoneNumber.Length == 0 : OwnNumber() is not { } number || (command.PhoneNumber.Length > 0 && command.PhoneNumber != number))
        {
            return new Refusal(RefusalCode.AccountClosed);
        }

        // 2. The device, and what was agreed to on it: nothing is registered before that.
        var account = newUser ? Register(command.PhoneNumber, now) : durable;
        var (next, device, newKey) = DeviceRules.LogIn(account, command, DeviceId.New(), now);
        next = ConsentRules.Give(next, command.Consents ?? [], texts, new DeviceId(device.Id), now);
        if (!ConsentRules.Due(next, texts).IsEmpty)
        {
            return new Refusal(RefusalCode.ConsentRequired);
        }

        if (newKey && !newUser)
        {
            next = next with { Outbox = next.Outbox.AddMessage(Id, NewDeviceMessage(device, now)) };
        }

        if (newUser)
        {
            next = next with { Outbox = next.Outbox.Add(EnterpriseOutbox.Registered, command.PhoneNumberHash, Id) };
        }

        await WriteAsync(next);
        return new LoggedIn(Id, new DeviceId(device.Id), newUser, !device.Active);
    }

    public Task<Reply<Account>> GetAccount() => Task.FromResult<Reply<Account>>(durable.RegisteredAt is null
        ? new Refusal(RefusalCode.NotFound)
        : new Account(
            durable.MaskedPhoneNumber,
            durable.RealName is { } name ? Show(name) : null,
            [.. durable.Memberships.Select(membership => new Membership(new CreditCode(membership.CreditCode), membership.EnterpriseName, membership.Role))],
            HasPassword: durable.Password is not null,
            WeChatTied: durable.WeChat is not null,
            FaceConsent: ConsentRules.Has(durable, LegalDocument.FaceData, texts.VersionOf(LegalDocument.FaceData)),
            ConsentsDue: ConsentRules.Due(durable, texts)));

    public Task AddMembership(Membership membership) => durable.ClosedAt is not null ? Task.CompletedTask : WriteAsync(durable with
    {
        Memberships =
        [
            .. durable.Memberships.Where(known => known.CreditCode != membership.CreditCode.Value),
            new MembershipState(membership.CreditCode.Value, membership.EnterpriseName, membership.Role),
        ],
    });

    public Task RemoveMembership(CreditCode creditCode) => WriteAsync(durable with
    {
        Memberships = durable.Memberships.RemoveAll(known => known.CreditCode == creditCode.Value),
    });

    public Task<Reply<string>> GetPhoneNumberHash() => Task.FromResult<Reply<string>>(durable is { PersonKey: { } key, PhoneNumber: { } number }
        ? protector.KeyedHash("phone-number", personalData.Open(Person, key, "phone-number", number))
        : new Refusal(RefusalCode.NotFound));

    public Task<Reply<Person>> GetPerson() => Task.FromResult<Reply<Person>>(durable is not { RealName: { } name, PersonKey: { } key, PhoneNumber: { } number }
        ? new Refusal(RefusalCode.RealNameRequired)
        : new Person(
            personalData.Open(Person, key, "name", name.Name),
            personalData.Open(Person, key, "id-number", name.IdNumber),
            personalData.Open(Person, key, "phone-number", number)));

    public Task DrainOutbox() => drain.DrainAsync();

    private async Task WriteAsync(UserState next)
    {
        await drain.WriteAsync(next);
        durable = state.State;
    }

    private UserState Register(string phoneNumber, DateTimeOffset now)
    {
        var key = personalData.NewKey(Person);
        return durable with
        {
            RegisteredAt = now,
            PersonKey = key,
            PhoneNumber = personalData.Seal(Person, key, "phone-number", phoneNumber),
            MaskedPhoneNumber = Masks.PhoneNumber(phoneNumber),
        };
    }

    private static InboxEntry NewDeviceMessage(Device device, DateTimeOffset now) => new(
        $"device-{device.Id:N}", MessageKind.NewDevice, "新设备登录",
        device.Active
            ? $"设备“{device.Name}”登录了您的账号。若非本人操作，请尽快联系客服。"
            : $"设备“{device.Name}”登录了您的账号，目前只能查看。若非本人操作，请尽快联系客服。",
        null, now);
}
