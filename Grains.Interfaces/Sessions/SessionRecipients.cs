using Bzt.Contracts.Platforms;

namespace Bzt.Grains.Sessions;

/// <summary>Whose keys a request is about.</summary>
public static class SessionRecipients
{
    /// <summary>Encrypt is served by a certificate that has one of the keys, decrypt by one that has them all; a request about none by any.</summary>
    /// <param name="kind">Of the request.</param>
    /// <param name="asked">Serials of the encryption certificates it is about.</param>
    /// <param name="held">Those of every encryption key the certificate has.</param>
    public static bool Serves(SessionKind kind, IReadOnlyList<string> asked, IReadOnlyList<string> held)
    {
        return asked.Count == 0 || (kind == SessionKind.Encrypt ? asked.Any(IsHeld) : asked.All(IsHeld));

        bool IsHeld(string serial) => held.Contains(serial, StringComparer.OrdinalIgnoreCase);
    }
}
