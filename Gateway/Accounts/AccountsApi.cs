namespace Bzt.Gateway.Accounts;

internal static class AccountsApi
{
    public static void AddAccounts(this WebApplicationBuilder builder) => builder.Services.AddSingleton<PhoneNumberIndex>();

    public static void MapAccounts(this RouteGroupBuilder phones)
    {
        RequestSmsCode.Map(phones);
        LogIn.Map(phones);
        LogOut.Map(phones);
        Devices.Map(phones);
        SetPassword.Map(phones);
        Consents.Map(phones);
        WeChat.Map(phones);
        ChangeNumber.Map(phones);
        ExportData.Map(phones);
        CloseAccount.Map(phones);
        GetMe.Map(phones);
        GetAbout.Map(phones);
        ProveByBankCard.Map(phones);
        ProveOnPage.Map(phones);
        ProveProgress.Map(phones);
    }
}
