using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Applications;

public sealed class PrepaymentTests
{
    /// <summary>A CA whose fee is due before it looks: the catalogue says so, and nothing else changes.</summary>
    [Fact, Trait("Feature", "M053"), Trait("Surface", "api")]
    public async Task Where_the_catalogue_says_so_the_fee_comes_first_and_goes_back_when_the_ca_rejects()
    {
        using var folder = new TempFolder();
        var file = folder.File("catalogue.json");
        var shipped = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "catalogue.json"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            file, shipped.Replace("\"name\": \"湖北CA\",", "\"name\": \"湖北CA\", \"paidBeforeReview\": true,", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["CaConsole:Password"] = ClaimSteps.ConsolePassword;
            builder.Configuration["Catalogue:File"] = file;
        });
        using var person = await Applying.PersonAsync(system);
        using var reviewer = await TestReviewer.LogInAsync(system);
        Assert.True((await person.Client.GetCatalogueAsync()).Provinces[0].Platforms[0].CertificateAuthorities.Single(ca => ca.CaId == "hubei-ca").PaidBeforeReview);

        var request = new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Personal) { PlatformId = "yichang-ggzy", CaId = "hubei-ca", Years = 1 };
        var submitted = await person.Client.ApplyAsync(request);
        Assert.Equal(ApplicationState.PrepaymentDue, submitted.State);
        await ClaimSteps.RefusedAsync(ErrorCodes.PaymentRequired, () => person.Phone.DownloadAsync(submitted.ApplicationId));
        var first = await person.Phone.PayForAsync(system, submitted.ApplicationId);
        await person.UntilAsync(submitted.ApplicationId, ApplicationState.CaReview);

        await system.RestartAsync();
        await person.ReconnectAsync();
        using var again = await TestReviewer.LogInAsync(system, "审核员乙");
        await again.RejectAsync(submitted.ApplicationId, "姓名有误");
        await person.UntilAsync(submitted.ApplicationId, ApplicationState.Rejected);
        await Wait.UntilAsync(() => person.Phone.OrderAsync(first), order => order.State is not OrderState.Paid);

        // Corrected it is paid again, and then nothing more is due.
        await person.Client.CorrectAsync(submitted.ApplicationId, request with { OperationId = Guid.NewGuid() });
        var second = await person.Phone.PayForAsync(system, submitted.ApplicationId);
        Assert.NotEqual(first, second);
        await again.ApproveAsync(submitted.ApplicationId);
        await person.UntilAsync(submitted.ApplicationId, ApplicationState.DownloadReady);
        await person.DownloadAsync(submitted.ApplicationId);
    }
}
