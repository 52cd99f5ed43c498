using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Seals;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Retention;

/// <summary>Pictures that nobody hands in go; those that were handed in stay as long as whatever names them, and what was answered as stored is there.</summary>
public sealed class BlobRetentionTests
{
    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task What_is_not_handed_in_goes_after_its_time_and_what_is_uploaded_again_meanwhile_stays()
    {
        var store = new SteeredStore();
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Services.AddSingleton<IStorageFaults>(store);
            builder.Configuration["CaConsole:Password"] = ClaimSteps.ConsolePassword;
            builder.Configuration["Limits:UploadsPerUser"] = "12";
        });
        using var phone = await system.RealNamedPhoneAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);

        // 1. Never handed in: a licence, a form with its seals, one of them cut anew. One that will be uploaded again.
        var licence = await UploadAsync(1);
        var again = await UploadAsync(2);
        var photo = new Shot().Take(new SyntheticPaper());
        var form = (await phone.UploadAsync("form", photo, "image/jpeg")).BlobId;
        var seals = await ExtractAsync(form);
        await phone.Http.PostAsync(
            Routes.Phone.SealSetCrops.Replace("{sealSetId}", $"{seals.SealSetId}", StringComparison.Ordinal),
            new SealCropRequest(SealKind.Enterprise, [.. BadPhotoTests.Around(photo, SealKind.Enterprise, 60, 236, 30).Corners.Select(corner => new CropCorner(corner.X, corner.Y))]),
            BztJson.Default.SealCropRequest, BztJson.Default.SealSetInfo);
        var unused = Blobs().Count;
        Assert.True(unused >= 5, $"{unused}");

        // 2. Handed in, refused, handed in with another picture: the CA has looked at both.
        var (first, second) = (await UploadAsync(3), await UploadAsync(4));
        var enterprise = ClaimSteps.NextEnterprise();
        ClaimRequest claim = new(
            Guid.NewGuid(), enterprise.Name, enterprise.CreditCode, phone.Person.Name, phone.Person.IdNumber, first, first, "yichang-ggzy", "hubei-ca", 1);
        var application = (await phone.SubmitAsync(claim)).ApplicationId;
        await reviewer.RejectAsync(application, "照片模糊");
        await phone.UntilAsync(application, ApplicationState.Rejected);
        await phone.ResubmitAsync(application, claim with { OperationId = Guid.NewGuid(), LicenceBlobId = second, FormBlobId = second });
        await RoundsAsync(29);
        Assert.Empty(new[] { licence, again, form, first, second }.Except(Blobs()));

        // 3. A day before its time one is uploaded again; two days later the others are gone, with the seals cut out of them.
        Assert.Equal(again, await UploadAsync(2));
        await RoundsAsync(2);
        Assert.Equal(Ordered(again, first, second), Blobs());
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM OrleansStorage WHERE GrainTypeString LIKE 'seal-set/%' AND PayloadBinary IS NOT NULL"));
        Assert.Equal([again], await system.Services.GetRequiredService<SqlStore>().QueryAsync("SELECT id FROM blob_waiting", row => row.GetString(0), TestContext.Current.CancellationToken));
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobUnknown, () => ExtractAsync(form));
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobUnknown, () => phone.SubmitAsync(Another() with { LicenceBlobId = licence }));
        var other = await phone.SubmitAsync(Another());

        // 4. Both applications are given up; a year later they end. In the same minute one of their pictures is uploaded anew: answered as stored, it is there.
        await phone.WithdrawAsync(application);
        await phone.WithdrawAsync(other.ApplicationId);
        await RoundsAsync(40);
        Assert.Equal(Ordered(again, first, second), Blobs());
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM blob_waiting"));
        Assert.NotEqual(0, await CountAsync("SELECT count(*) FROM OrleansStorage WHERE GrainTypeString LIKE 'ca-holder/%'"));
        await system.RestartAsync();
        phone.Reconnect();
        system.Clock.Advance(TimeSpan.FromDays(325));
        Assert.Equal(1, (await system.Grains.Retention().Sweep()).Failed);
        system.Clock.Advance(TimeSpan.FromDays(6));
        Assert.Equal(1, (await system.Grains.Retention().Sweep()).Failed);
        system.Clock.Advance(TimeSpan.FromDays(1));
        await phone.LogInAsync();
        Assert.Equal(second, await UploadAsync(4));
        using (var struck = store.StrikeAt($"blob/{first}", 1, WriteFault.NotPersisted))
        {
            var round = await system.Grains.Retention().Sweep();
            Assert.Equal((true, 2, 1), (struck.Happened, round.Applications, round.Failed));
        }

        // 5. What a crash cut off the next round takes up, after a restart too.
        await system.RestartAsync();
        phone.Reconnect();
        Assert.Equal(0, (await system.Grains.Retention().Sweep()).Failed);
        Assert.Equal([second], Blobs());

        // What the CA filed about the certificates that were applied for is gone with them, though none was ever begun.
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM OrleansStorage WHERE GrainTypeString LIKE 'ca-holder/%' OR GrainTypeString LIKE 'ca-registration/%' OR GrainTypeString LIKE 'ca-claim/%'"));
        var late = (await phone.SubmitAsync(Another() with { LicenceBlobId = second, FormBlobId = second })).ApplicationId;
        await RoundsAsync(31);
        Assert.Equal([second], Blobs());
        Assert.Equal(ApplicationState.CaReview, (await phone.ApplicationAsync(late)).State);

        // 6. Who hands nothing in does not fill the store.
        foreach (var number in Enumerable.Range(10, 12))
        {
            await UploadAsync(number);
        }

        await ClaimSteps.RefusedAsync(ErrorCodes.RateLimited, () => UploadAsync(22));
        await RoundsAsync(31);
        Assert.Equal([second], Blobs());
        Assert.NotEqual(second, await UploadAsync(22));

        async Task<string> UploadAsync(int number) => (await phone.UploadAsync("licence", [.. ClaimSteps.Picture, (byte)number])).BlobId;

        ClaimRequest Another()
        {
            var (name, code) = ClaimSteps.NextEnterprise();
            return claim with { OperationId = Guid.NewGuid(), EnterpriseName = name, CreditCode = code, LicenceBlobId = again, FormBlobId = again };
        }

        Task<SealSetInfo> ExtractAsync(string blob) =>
            phone.Http.PostAsync(Routes.Phone.SealSets, new SealSetRequest(blob), BztJson.Default.SealSetRequest, BztJson.Default.SealSetInfo);

        List<string> Blobs() => Ordered([.. Directory.EnumerateFiles(Path.Combine(system.DataFolder, "blobs"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))]);

        Task<long> CountAsync(string sql) => system.Services.GetRequiredService<SqlStore>().CountAsync(sql, TestContext.Current.CancellationToken);

        // As often as the clock is believed.
        async Task RoundsAsync(int days)
        {
            for (var left = days; left > 0; left -= 6)
            {
                system.Clock.Advance(TimeSpan.FromDays(Math.Min(left, 6)));
                Assert.Equal(0, (await system.Grains.Retention().Sweep()).Failed);
            }
        }
    }

    private static List<string> Ordered(params string[] ids) => [.. ids.Order(StringComparer.Ordinal)];
}
