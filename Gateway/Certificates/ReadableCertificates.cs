using Bzt.Grains;
using Bzt.Grains.Foundations;

namespace Bzt.Gateway.Certificates;

/// <summary>What can be told of the certificates somebody holds: one whose row nobody can read keeps the others neither from the screen nor from their work.</summary>
internal static class ReadableCertificates
{
    /// <summary>Null when its row cannot be read; the silo's log says so. Whatever else fails, fails.</summary>
    public static async Task<Reply<T>?> IfReadableAsync<T>(this Task<Reply<T>> asked)
    {
        try
        {
            return await asked;
        }
        catch (StateUnreadableException)
        {
            return null;
        }
    }
}
