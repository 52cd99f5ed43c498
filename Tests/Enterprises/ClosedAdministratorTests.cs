using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Enterprises;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using ApplicationId = Bzt.Grains.ApplicationId;
using TransferState = Bzt.Contracts.Phone.TransferState;

namespace Bzt.Tests.Enterprises;

/// <summary>No enterprise has an administrator whose account is closed, whichever of the two comes first.</summary>
[Trait("Feature", "M040"), Trait("Surface", "api")]
public sealed class ClosedAdministratorTests
{
    private static readonly TimeSpan AMoment = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task An_account_that_becomes_administrator_while_it_is_being_closed_stays_open()
    {
        var faults = new TestFaults();
        await using var world = await EnterpriseWorld.StartAsync(builder => builder.Services.AddSingleton<IStorageFaults>(faults));
        var member = await world.MemberAsync();
        await Wait.UntilAsync(() => member.RoleAsync(world.Code), role => role is not null);
        var transfer = await world.Boss.Client.StartTransferAsync(world.Code, new TransferRequest(Guid.NewGuid(), member.Id, world.Boss.Certificate));
        await world.ConfirmTransferAsync(transfer);
        await Wait.UntilAsync(() => member.Client.GetTransferAsync(world.Code), found => found.State == TransferState.AwaitingAcceptance);

        // The enterprise has looked at the account, and is about to store who administers it.
        var held = new HeldWrites(write => write.Subject.StartsWith("enterprise/", StringComparison.Ordinal));
        faults.Hold(held);
        var accepted = world.Grain.AcceptTransfer(new UserId(member.Id), transfer.TransferId);
        await Wait.UntilAsync(() => Task.FromResult(held.Count), count => count > 0);
        var closed = Steps(world, member.Id).FinishClosure();
        await Task.WhenAny(closed, Task.Delay(AMoment, TestContext.Current.CancellationToken));
        held.Release();

        Assert.IsType<Done<Nothing>>(await accepted);
        Assert.Equal(RefusalCode.ClosureBlocked, Assert.IsType<Refused<Nothing>>(await closed).Refusal.Code);
        Assert.True(await world.Grain.IsAdministrator(new UserId(member.Id)));
        Assert.IsType<Done<Nothing>>(await Steps(world, member.Id).MayAdminister());
    }

    [Fact]
    public async Task A_closed_account_becomes_administrator_of_nothing_whatever_was_on_its_way()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        var gone = await world.RealNamedAsync();
        var transfer = await TransferToAsync(world);
        Assert.IsType<Done<Nothing>>(await Steps(world, gone.Id).FinishClosure());
        Assert.IsType<Done<Nothing>>(await Steps(world, transfer.To).FinishClosure());

        // A transfer to it, the CA's approval of the legal representative's form, a downloaded certificate of an enterprise that nobody had claimed.
        Assert.Equal(RefusalCode.AccountClosed, Assert.IsType<Refused<Nothing>>(await world.Grain.AcceptTransfer(new UserId(transfer.To), transfer.TransferId)).Refusal.Code);
        await world.Grain.ReplaceAdministrator(new ReplaceAdministrator(new ApplicationId(Guid.NewGuid()), new UserId(gone.Id), "李*", "138****0002"));
        Assert.True(await world.Grain.IsAdministrator(new UserId(world.BossId)));

        var (other, application) = (world.System.Grains.Enterprise(new CreditCode("91420500MA49CLSD1X")), new ApplicationId(Guid.NewGuid()));
        await other.Contend(application);
        Assert.IsType<Done<Nothing>>(await other.Reserve(application));
        await other.Confirm(new ConfirmClaim(application, new CertificateId(Guid.NewGuid()), "宜昌测试有限公司", new UserId(gone.Id), "李*", "138****0002"));
        Assert.False((await other.GetView()).Claimed);
        Assert.IsType<Done<Nothing>>(await other.Reserve(new ApplicationId(Guid.NewGuid())));
    }

    private static async Task<TransferInfo> TransferToAsync(EnterpriseWorld world)
    {
        var member = await world.MemberAsync();
        var transfer = await world.Boss.Client.StartTransferAsync(world.Code, new TransferRequest(Guid.NewGuid(), member.Id, world.Boss.Certificate));
        await world.ConfirmTransferAsync(transfer);
        await Wait.UntilAsync(() => member.Client.GetTransferAsync(world.Code), found => found.State == TransferState.AwaitingAcceptance);
        return transfer;
    }

    private static IUserSteps Steps(EnterpriseWorld world, Guid user) => world.System.Grains.GetGrain<IUserSteps>(user);
}
