using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Accounts;

[Trait("Feature", "M011"), Trait("Surface", "api")]
public sealed class LoginTests
{
    [Fact]
    public async Task The_first_login_of_a_number_is_its_registration_and_survives_a_restart()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = system.NewPhone();
        var first = await phone.LogInAsync();
        Assert.True(first.NewUser);
        Assert.False(first.Limited);

        await system.RestartAsync();
        phone.Reconnect();
        var me = await phone.MeAsync();
        Assert.Equal(first.UserId, me.UserId);
        Assert.Equal(first.DeviceId, me.DeviceId);
        Assert.Equal($"{phone.Person.Phone[..3]}****{phone.Person.Phone[^4..]}", me.MaskedPhoneNumber);
        Assert.Null(me.RealName);

        system.Clock.Advance(TimeSpan.FromMinutes(2));
        var second = await phone.LogInAsync();
        Assert.False(second.NewUser);
        Assert.Equal(first.UserId, second.UserId);
        Assert.Equal(first.DeviceId, second.DeviceId);
        Assert.NotEqual(first.AccessToken, second.AccessToken);
    }
}
