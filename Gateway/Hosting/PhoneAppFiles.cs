namespace Bzt.Gateway.Hosting;

internal static class PhoneAppFiles
{
    public static void MapPhoneApp(this WebApplication app)
    {
    }
}
