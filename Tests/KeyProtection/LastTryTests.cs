namespace Bzt.Tests.KeyProtection;

/// <summary>X25: processes start again by themselves, and a token locks after a few wrong PINs: its last try is no process's.</summary>
public sealed class LastTryTests
{
    [Fact]
    [Trait("Feature", "X25"), Trait("Surface", "operator")]
    public async Task A_token_with_one_try_left_is_not_tried_until_somebody_logged_in_to_it_by_hand()
    {
        using var hsm = await SoftHsm.CreateAsync();
        var token = new TokenTries(hsm.Tokens);
        var pin = await File.ReadAllTextAsync(hsm.PinFile, TestContext.Current.CancellationToken);
        var made = await SiloCommand.RunAsync(hsm.Settings, "keys", "create");

        // Neither with a wrong PIN, which would lock it, nor with the right one, since nobody can know that it is; the token hears of neither.
        token.Leave(TokenTries.Last);
        Assert.Contains("one try left", await SiloCommand.RefusedAsync(hsm.Settings, "keys", "create"), StringComparison.Ordinal);
        await WriteAsync("1" + pin);
        Assert.Contains("one try left", await SiloCommand.RefusedAsync(hsm.Settings, "keys", "create"), StringComparison.Ordinal);
        Assert.False(token.Has(TokenTries.Few));

        // With tries left a wrong one is refused by the token itself, which says so; a locked one is not tried either.
        token.Leave(0);
        Assert.Contains("CKR_PIN_INCORRECT", await SiloCommand.RefusedAsync(hsm.Settings, "keys", "create"), StringComparison.Ordinal);
        Assert.True(token.Has(TokenTries.Few));
        token.Leave(TokenTries.None);
        await WriteAsync(pin);
        Assert.Contains("or none", await SiloCommand.RefusedAsync(hsm.Settings, "keys", "create"), StringComparison.Ordinal);

        // Somebody logged in: the same key is there.
        token.Leave(0);
        Assert.Equal(made, await SiloCommand.RunAsync(hsm.Settings, "keys", "create"));

        Task WriteAsync(string text) => File.WriteAllTextAsync(hsm.PinFile, text, TestContext.Current.CancellationToken);
    }
}
