using System.Globalization;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Sessions;

namespace Bzt.Grains.MockPhones;

/// <summary>The numbers and how they end; docs/platforms/sandbox.md has the same table.</summary>
internal static class MockPhoneNumbers
{
    private static readonly SessionEnd[] Ends =
    [
        SessionEnd.Ok, SessionEnd.Refused, SessionEnd.TimedOut, SessionEnd.WrongPin, SessionEnd.Locked, SessionEnd.CertificateUnusable, SessionEnd.ProtocolFailure,
    ];

    /// <summary>13900000001 and on, in that order.</summary>
    public static IEnumerable<string> All => Enumerable.Range(1, Ends.Length).Select(Number);

    public static SessionEnd? EndOf(string number) => All.Select((known, i) => (known, i)).Where(pair => pair.known == number).Select(pair => (SessionEnd?)Ends[pair.i]).FirstOrDefault();

    public static SessionEnterprise EnterpriseOf(string number)
    {
        var body = "91420500MK000000" + number[^1];
        return new SessionEnterprise($"标证通沙箱{number[^1]}号有限公司", new CreditCode(body + CreditCodes.CheckCharacter(body)));
    }

    private static string Number(int i) => string.Create(CultureInfo.InvariantCulture, $"1390000000{i}");
}
