using System.Text;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Accounts.Passwords;

/// <summary>A password's hash as it rests: sealed for its account.</summary>
internal static class StoredPassword
{
    private const string Purpose = "account/password";

    public static byte[] Seal(IKeyProtector protector, UserId user, string phc) => protector.Protect(Purpose, user.Value.ToByteArray(), Encoding.UTF8.GetBytes(phc));

    public static string Open(IKeyProtector protector, UserId user, byte[] sealedPassword)
    {
        using var opened = protector.Unprotect(Purpose, user.Value.ToByteArray(), sealedPassword);
        return Encoding.UTF8.GetString(opened.Span);
    }
}
