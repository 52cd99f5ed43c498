using System.Collections.Concurrent;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Accounts.Legal;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.Providers.Sms;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Accounts;

/// <summary>Operations of an account whose silo leaves while they ask others.</summary>
public sealed class LeavingAccountTests(PostgresFixture postgres)
{
    private const int Accounts = 16;

    private static readonly Password First = new("correct horse 电池");

    private readonly SentCodes codes = new();

    [Fact]
    public async Task A_password_whose_last_step_finds_its_silo_leaving_is_stored_once()
    {
        await using var silos = await StartAsync();
        var operations = (await RegisterAsync(silos)).Select(user => (User: user, Operation: Guid.NewGuid())).ToList();

        await OvertakeAsync(silos, operations, one => Set(one.User, one.Operation));

        foreach (var one in operations)
        {
            // Asked for again, wherever the account is by now; and once more.
            Assert.IsType<Done<Nothing>>(await Set(one.User, one.Operation));
            Assert.IsType<Done<Nothing>>(await Set(one.User, one.Operation));
            await one.User.AsReference<IOutboxOwner>().DrainOutbox();
            var told = (await silos.Staying.Grains.Inbox(new UserId(one.User.GetPrimaryKey())).GetPage(10, null)).Messages;
            Assert.Single(told, message => message.Entry.Kind == MessageKind.PasswordChanged);
        }

        Task<Reply<Nothing>> Set(IUserGrain user, Guid operation) => user.SetPassword(new SetPassword(operation, new Password("correct horse 电池"), codes.Of(user), null));
    }

    /// <summary>The number's grain verifies it, and does not come back to an account that would not answer before its own call has ended.</summary>
    [Fact]
    public async Task The_old_password_is_looked_at_while_its_silo_is_leaving()
    {
        var checks = new Checks();
        await using var silos = await StartAsync(checks);
        var users = await RegisterAsync(silos);
        foreach (var user in users)
        {
            Assert.IsType<Done<Nothing>>(await user.SetPassword(new SetPassword(Guid.NewGuid(), First, codes.Of(user), null)));
        }

        // The numbers are busy with something else until the silo is leaving.
        var held = new HeldWrites(write => write.Subject.StartsWith("phone-number/", StringComparison.Ordinal));
        silos.Staying.Faults.Hold(held);
        silos.Leaving.Faults.Hold(held);
        var sent = users.Select(user => user.SendCode(SmsCodePurpose.CloseAccount)).ToList();
        await Applications.Wait.UntilAsync(() => Task.FromResult(held.Count), count => count == users.Count);
        var operations = users.Select(user => (User: user, Operation: Guid.NewGuid())).ToList();
        var begun = operations.Select(one => Set(one.User, one.Operation)).ToList();
        await Applications.Wait.UntilAsync(() => Task.FromResult(checks.Count), count => count == users.Count);
        await silos.LeaveAsync();
        held.Release();
        await silos.PassUntilAsync(Task.WhenAll(begun));
        await silos.LeftAsync();

        // The step after it may find its silo leaving, and is asked for again.
        Assert.All(begun, one => Assert.True(one.IsCompletedSuccessfully || one.Exception!.InnerException is TimeoutException, one.Exception?.ToString()));
        foreach (var one in operations)
        {
            Assert.IsType<Done<Nothing>>(await Set(one.User, one.Operation));
        }

        await Task.WhenAll(sent);

        static Task<Reply<Nothing>> Set(IUserGrain user, Guid operation) => user.SetPassword(new SetPassword(operation, new Password("another horse 电池"), null, First));
    }

    [Fact]
    public async Task A_closure_whose_last_step_finds_its_silo_leaving_is_made()
    {
        await using var silos = await StartAsync();
        var users = await RegisterAsync(silos, SmsCodePurpose.CloseAccount);

        await OvertakeAsync(silos, users, Close);

        foreach (var user in users)
        {
            Assert.True(await Close(user) is Done<Nothing> or Refused<Nothing> { Refusal.Code: RefusalCode.NotFound });
            Assert.Equal(RefusalCode.NotFound, Assert.IsType<Refused<string>>(await user.GetPhoneNumberHash()).Refusal.Code);
        }

        Task<Reply<Nothing>> Close(IUserGrain user) => user.Close(user.GetPrimaryKey(), new SmsCode(codes.Of(user)));
    }

    /// <summary>Begins them all, has their silo leave before the codes they show are used up, and lets them go on.</summary>
    private static async Task OvertakeAsync<T>(LeavingSilo silos, IReadOnlyList<T> operations, Func<T, Task<Reply<Nothing>>> begin)
    {
        var held = new HeldWrites(write => write.Subject.StartsWith("phone-number/", StringComparison.Ordinal));
        silos.Staying.Faults.Hold(held);
        silos.Leaving.Faults.Hold(held);
        var begun = operations.Select(begin).ToList();
        await Applications.Wait.UntilAsync(() => Task.FromResult(held.Count), count => count == operations.Count);
        await silos.LeaveAsync();
        held.Release();
        var ended = Task.WhenAll(begun);
        await silos.PassUntilAsync(ended);
        await silos.LeftAsync();
        // Nothing is known of those that found themselves leaving.
        Assert.All(begun, one => Assert.True(one.IsCompletedSuccessfully || one.Exception!.InnerException is TimeoutException, one.Exception?.ToString()));
        Assert.Contains(begun, one => one.IsFaulted);
    }

    private Task<LeavingSilo> StartAsync(Checks? checks = null) => LeavingSilo.StartAsync(postgres, builder =>
    {
        builder.Services.AddSingleton<ISmsSender>(codes);
        if (checks is not null)
        {
            builder.Services.AddSingleton<IOutgoingGrainCallFilter>(checks);
        }
    });

    /// <summary>Accounts, some of them up in the silo that will leave, that have asked for a code.</summary>
    private async Task<IReadOnlyList<IUserGrain>> RegisterAsync(LeavingSilo silos, SmsCodePurpose purpose = SmsCodePurpose.ResetPassword)
    {
        var protector = silos.Staying.Services.GetRequiredService<IKeyProtector>();
        var texts = silos.Staying.Services.GetRequiredService<LegalTexts>();
        var users = new List<IUserGrain>();
        for (var i = 0; i < Accounts; i++)
        {
            var (user, number) = (silos.Staying.Grains.User(new UserId(Guid.NewGuid())), $"199000000{i:D2}");
            codes.Numbers[user.GetPrimaryKey()] = number;
            Assert.IsType<Done<LoggedIn>>(await user.LogIn(new LogIn(
                protector.KeyedHash("phone-number", number), number, new byte[65], $"key {i}", "phone", [1], [.. texts.All.Select(text => new ConsentGiven(text.Document, text.Version))])));
            Assert.IsType<Done<CodeSent>>(await user.SendCode(purpose));
            users.Add(user);
        }

        Assert.Contains(true, await Task.WhenAll(users.Select(user => silos.IsLeaving(user))));
        return users;
    }

    /// <summary>How many passwords were sent to be verified.</summary>
    private sealed class Checks : IOutgoingGrainCallFilter
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public Task Invoke(IOutgoingGrainCallContext context)
        {
            if (context.InterfaceMethod.Name.StartsWith("Check", StringComparison.Ordinal) && context.InterfaceMethod.DeclaringType == typeof(IPhoneNumberGrain))
            {
                Interlocked.Increment(ref count);
            }

            return context.Invoke();
        }
    }

    private sealed class SentCodes : ISmsSender
    {
        private readonly ConcurrentDictionary<string, string> sent = new();

        public ConcurrentDictionary<Guid, string> Numbers { get; } = new();

        public string Of(IUserGrain user) => sent[Numbers[user.GetPrimaryKey()]];

        public Task<SmsResult> SendCodeAsync(string phone, string code, SmsPurpose purpose, string requestId, CancellationToken cancellation = default)
        {
            sent[phone] = code;
            return Task.FromResult<SmsResult>(new SmsResult.Ok(requestId));
        }
    }
}
