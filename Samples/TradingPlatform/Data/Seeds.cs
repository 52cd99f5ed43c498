using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Data;

/// <summary>
/// What a newcomer finds: three notices, and, when a demonstration password is set, accounts for every part in a tender. All of it is made up.
/// Enterprises, names and numbers must equal what is claimed on the phone, so they are shown on the login page.
/// </summary>
internal sealed class Seeds(AccountStore accounts, TenderStore tenders, IOptions<PlatformOptions> options, TimeProvider clock) : IHostedService
{
    public const string Buyer = "宜昌市市政建设管理中心（演示）";

    public static readonly IReadOnlyList<(string UserName, Role Role, string Name, string CreditCode)> Demonstration =
    [
        ("chujiang", Role.Bidder, "宜昌楚江演示建设有限公司", "91420500MA1000001W"),
        ("xiling", Role.Bidder, "宜昌西陵演示工程有限公司", "91420500MA20000026"),
        // The first of the simulators' test persons.
        ("expert", Role.Person, "王建华", ""),
        ("buyer", Role.Buyer, Buyer, ""),
    ];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Nine in the morning in China.
        var today = new DateTimeOffset(clock.GetUtcNow().Date, TimeSpan.Zero).AddHours(1);
        Publish("YC-2026-0417", "宜昌市滨江路市政道路改造工程施工", Buyer, today.AddDays(20), 18_600_000_00,
            "本工程位于宜昌市滨江路（沿江大道至夷陵路），全长2.3公里，包括道路、排水、照明及绿化。计划工期180日历天，质量目标合格。投标人须具备市政公用工程施工总承包三级及以上资质，不接受联合体投标。");
        Publish("YC-2026-0502", "宜昌东站换乘中心配套设备采购", "宜昌交通旅游产业发展集团有限公司", today.AddDays(35), 9_450_000_00,
            "采购自动扶梯6台、电梯4台及其安装调试，质保期三年。交货期120日历天，交货地点为宜昌东站换乘中心工地。投标人须为制造商或其授权的代理商。");
        Publish("YC-2026-0311", "宜昌市夷陵广场景观照明维护服务", "宜昌市城市管理执法局", today.AddDays(-2), 860_000_00,
            "夷陵广场及周边景观照明设施两年期维护服务，含巡检、抢修与节能改造建议。");
        if (options.Value.DemoPassword is { Length: > 0 } password)
        {
            foreach (var (userName, role, name, code) in Demonstration)
            {
                _ = role == Role.Bidder ? accounts.RegisterEnterprise(userName, password, name, code) : accounts.RegisterPerson(userName, password, name, role);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Publish(string id, string title, string buyer, DateTimeOffset deadline, long ceilingFen, string notice) => tenders.Publish(
        new Tender(id, title, buyer, deadline, deadline.AddMinutes(30)) { Notice = notice, CeilingFen = ceilingFen }, clock.GetUtcNow());
}
