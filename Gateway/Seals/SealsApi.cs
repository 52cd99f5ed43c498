namespace Bzt.Gateway.Seals;

internal static class SealsApi
{
    public static void MapSeals(this RouteGroupBuilder phones)
    {
        PrintApplicationForm.Map(phones);
        SealSets.Map(phones);
        EnterpriseSeals.Map(phones);
    }
}
