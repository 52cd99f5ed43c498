using Bzt.Contracts.Phone;
using Bzt.Grains.Applications;

namespace Bzt.Tests.Applications;

/// <summary>What is true of an application whatever happened around it.</summary>
internal static class ApplicationInvariants
{
    public static void HoldAfterStep(StoredApplication before, ApplicationSide side)
    {
        var (from, to) = (before.Application, side.State.Application);
        if (to is null || (from?.State == to.State && from.Submission == to.Submission))
        {
            return;
        }

        // 1. A row of the table, on this kind's way.
        Assert.Contains(ApplicationTable.Transitions, row =>
            (from is null ? row.From.Length == 0 : row.From.Contains(from.State)) && (row.To ?? to.Way.Next(from?.State)) == to.State);
        Assert.True(to.Way.Passes(to.State) || to.State is ApplicationState.Cancelled or ApplicationState.Expired);

        // 2. Nothing reaches the CA that the kind's administrator has not agreed to, and whose letter he has not sealed.
        if (to.State == ApplicationState.CaReview)
        {
            Assert.Equal(to.Steps.Letter, to.Letter?.Sealed is not null);
            var since = to.Timeline.Reverse().TakeWhile(step => step.State != ApplicationState.Rejected).Select(step => step.State).ToList();
            Assert.Equal(to.Steps.Administrator, since.Contains(ApplicationState.AdministratorReview));
            Assert.Equal(to.Way.States.Contains(ApplicationState.PrepaymentDue), since.Contains(ApplicationState.PrepaymentDue));
        }

        // 3. Nothing is downloaded that the CA has not approved as it is.
        if (to.State is ApplicationState.Downloading or ApplicationState.Completed)
        {
            Assert.Contains(ApplicationRules.Number(side.Id, to.Submission), side.Approved);
        }

        Assert.Equal(to.State == ApplicationState.Completed, side.Active);
    }

    /// <summary>With nothing on its way any more.</summary>
    public static void HoldWhenSettled(ApplicationSide side)
    {
        Assert.True(side.State.Outbox.IsEmpty);
        var application = side.State.Application;

        // Never paid for nothing: an order that is paid is that of an application on its way to its certificate, or there.
        foreach (var (id, order) in side.Orders.Where(entry => entry.Value.Order!.State == OrderState.Paid))
        {
            Assert.Equal(id, application!.Order);
            Assert.True(
                application.State is ApplicationState.CaReview or ApplicationState.DownloadReady or ApplicationState.Downloading or ApplicationState.Completed,
                $"paid, and {application.State}");
        }

        // And no certificate without its fee.
        if (application is { State: ApplicationState.DownloadReady or ApplicationState.Downloading or ApplicationState.Completed, Offer.FeeFen: > 0 })
        {
            Assert.Equal(OrderState.Paid, side.Orders[application.Order!.Value].Order!.State);
        }
    }
}
