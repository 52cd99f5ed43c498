using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using ApplicationId = Bzt.Grains.ApplicationId;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Enterprises;

public sealed class SearchTests
{
    [Fact]
    [Trait("Feature", "M024"), Trait("Surface", "api")]
    public async Task Enterprises_are_found_by_a_part_of_the_name_and_by_the_beginning_of_the_code()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var person = await Person.AtAsync(system, phone);
        var codes = new List<string>();
        for (var i = 1; i <= 23; i++)
        {
            codes.Add(await ClaimedAsync(system, i, $"恩施清江第{i}工程有限公司"));
        }

        await ClaimedAsync(system, 99, "恩施（集团）有限公司");
        var first = await Wait.UntilAsync(() => person.Client.SearchEnterprisesAsync("清江第"), page => page.Next is not null);
        Assert.Equal(20, first.Enterprises.Count);
        Assert.All(first.Enterprises, found => Assert.True(found is { Claimed: true, AdministratorMaskedName: "张*", AdministratorMaskedPhoneNumber: "138****0001" }));
        var rest = await Wait.UntilAsync(() => person.Client.SearchEnterprisesAsync("清江第", first.Next), page => page.Enterprises.Count == 3);
        Assert.Null(rest.Next);
        Assert.Equal(codes.Order(), first.Enterprises.Concat(rest.Enterprises).Select(found => found.CreditCode).Order());

        await system.RestartAsync();
        await person.ReconnectAsync();
        Assert.Equal("恩施清江第7工程有限公司", Assert.Single((await person.Client.SearchEnterprisesAsync(codes[6].ToLowerInvariant())).Enterprises).Name);
        Assert.Equal("恩施（集团）有限公司", Assert.Single((await Wait.UntilAsync(() => person.Client.SearchEnterprisesAsync("恩施(集"), page => page.Enterprises.Count > 0)).Enterprises).Name);

        // Wildcards are letters; nothing is what nobody has claimed; one character is too few.
        Assert.Empty((await person.Client.SearchEnterprisesAsync("%江")).Enterprises);
        Assert.Empty((await person.Client.SearchEnterprisesAsync("没有这家")).Enterprises);
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => person.Client.SearchEnterprisesAsync("江")));
        using var stranger = await Person.AtAsync(system, await system.LoggedInPhoneAsync());
        Assert.Equal(ErrorCodes.RealNameRequired, await Refusal.OfAsync(() => stranger.Client.SearchEnterprisesAsync("清江")));
    }

    [Fact]
    [Trait("Feature", "M024"), Trait("Surface", "api")]
    public async Task Nobody_reads_the_directory_out()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var person = await Person.AtAsync(system, await system.RealNamedPhoneAsync());
        using var other = await Person.AtAsync(system, await system.RealNamedPhoneAsync());
        var refused = false;
        for (var i = 0; i < 200 && !refused; i++)
        {
            try
            {
                await person.Client.SearchEnterprisesAsync($"公司{i}");
            }
            catch (ApiRefusedException exception)
            {
                Assert.Equal(ErrorCodes.RateLimited, exception.Code);
                Assert.InRange(exception.Problem.RetryAfterSeconds!.Value, 1, 60);
                refused = true;
            }
        }

        Assert.True(refused);
        await other.Client.SearchEnterprisesAsync("公司");
    }

    private static async Task<string> ClaimedAsync(EmbeddedSystem system, int number, string name)
    {
        var body = $"91422800MC{number:D7}";
        var code = body + CreditCodes.CheckCharacter(body);
        await system.Grains.Enterprise(new CreditCode(code)).Confirm(new ConfirmClaim(
            new ApplicationId(Guid.NewGuid()), new CertificateId(Guid.NewGuid()), name, UserId.New(), "张*", "138****0001"));
        return code;
    }
}
