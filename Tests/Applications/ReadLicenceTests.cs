using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Simulators;
using Bzt.Simulators.Licences;
using Bzt.Tests.Embedded;
using Bzt.Tests.Enterprises;

namespace Bzt.Tests.Applications;

/// <summary>认领 step 1: a photographed licence suggests what to enter.</summary>
public sealed class ReadLicenceTests
{
    [Fact]
    public async Task Suggestions_come_from_the_callers_own_picture_and_a_misread_code_is_left_out()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var person = await Person.AtAsync(system, await system.RealNamedPhoneAsync());
        using var other = await Person.AtAsync(system, await system.RealNamedPhoneAsync());
        var (name, code) = ClaimSteps.NextEnterprise();

        // 1. As it stands there.
        await system.Simulators.ShowLicenceAsync(new LicenceText(name, code, "李四"));
        var licence = await UploadAsync(person, 1);
        Assert.Equal(new LicenceSuggestions(name, code, "李四"), await person.Client.ReadLicenceAsync(licence));
        Assert.Equal(new LicenceSuggestions(name, code, "李四"), await person.Client.ReadLicenceAsync(licence));
        Assert.Equal(1, (await system.Simulators.ChecksMadeAsync()).Licences);

        // 2. A wrong check character: no code; with nothing beside it, nothing was read.
        var misread = code[..^1] + (code[^1] == '0' ? '1' : '0');
        await system.Simulators.ShowLicenceAsync(new LicenceText(name, misread, null));
        Assert.Equal(new LicenceSuggestions(name, null, null), await person.Client.ReadLicenceAsync(await UploadAsync(person, 2)));
        await system.Simulators.ShowLicenceAsync(new LicenceText(null, misread, null));
        await ClaimSteps.RefusedAsync(ErrorCodes.LicenceUnreadable, async () => await person.Client.ReadLicenceAsync(await UploadAsync(person, 3)));

        // 3. Another's picture, none at all, a document. None of them reaches the reader.
        var made = (await system.Simulators.ChecksMadeAsync()).Licences;
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobUnknown, () => other.Client.ReadLicenceAsync(licence));
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobUnknown, () => person.Client.ReadLicenceAsync("../licence"));
        var document = (await person.Client.UploadBlobAsync("licence", "%PDF-1.7 "u8.ToArray(), "application/pdf")).BlobId;
        await ClaimSteps.RefusedAsync(ErrorCodes.BlobTypeNotAllowed, () => person.Client.ReadLicenceAsync(document));
        Assert.Equal(made, (await system.Simulators.ChecksMadeAsync()).Licences);

        // 4. A device that has not proved the real name again.
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var limited = await Person.AtAsync(system, await system.LoggedInPhoneAsync(person.Phone.Person));
        await ClaimSteps.RefusedAsync(ErrorCodes.DeviceLimited, () => limited.Client.ReadLicenceAsync(licence));
    }

    [Fact]
    public async Task The_readers_trouble_is_told_and_too_many_are_refused()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var person = await Person.AtAsync(system, await system.RealNamedPhoneAsync());
        using var other = await Person.AtAsync(system, await system.RealNamedPhoneAsync());
        var licence = await UploadAsync(person, 1);
        await system.Simulators.SteerAsync("licence", new Steer(Disturbance.Garbage, Count: 100));
        await ClaimSteps.RefusedAsync(ErrorCodes.ProviderUnavailable, () => person.Client.ReadLicenceAsync(licence));
        await system.Simulators.ClearAsync("licence");
        await system.Simulators.SteerAsync("licence", new Steer(Disturbance.Fail, "NOT_READABLE"));
        await ClaimSteps.RefusedAsync(ErrorCodes.LicenceUnreadable, () => person.Client.ReadLicenceAsync(licence));

        // Those that failed count too; another user has his own.
        var others = await UploadAsync(other, 1);
        Assert.NotNull((await other.Client.ReadLicenceAsync(others)).EnterpriseName);
        for (var i = 0; i < 20; i++)
        {
            try
            {
                await person.Client.ReadLicenceAsync(licence);
            }
            catch (ApiRefusedException exception) when (exception.Code is ErrorCodes.LicenceUnreadable or ErrorCodes.RateLimited)
            {
            }
        }

        await ClaimSteps.RefusedAsync(ErrorCodes.RateLimited, () => person.Client.ReadLicenceAsync(licence));
        Assert.NotNull((await other.Client.ReadLicenceAsync(others)).EnterpriseName);
    }

    [Fact]
    public async Task Without_a_reader_the_way_is_closed()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            foreach (var setting in (string[])["Endpoint", "AppId", "Secret"])
            {
                builder.Configuration[$"Providers:LicenceReader:{setting}"] = null;
            }
        });
        using var person = await Person.AtAsync(system, await system.RealNamedPhoneAsync());
        var licence = await UploadAsync(person, 1);
        await ClaimSteps.RefusedAsync(ErrorCodes.LicenceReadingClosed, () => person.Client.ReadLicenceAsync(licence));
    }

    private static async Task<string> UploadAsync(Person person, byte number) =>
        (await person.Client.UploadBlobAsync("licence", [.. ClaimSteps.Picture, number], "image/png")).BlobId;
}
