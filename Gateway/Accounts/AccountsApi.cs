namespace Bzt.Gateway.Accounts;

internal static class AccountsApi
{
    public static void MapAccounts(this RouteGroupBuilder phones)
    {
        LogOut.Map(phones);
        GetMe.Map(phones);
    }
}
