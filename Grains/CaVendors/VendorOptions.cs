using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Bzt.Protocol.Certificates;
using Microsoft.Extensions.Configuration;

namespace Bzt.Grains.CaVendors;

/// <summary>Reads the settings of one vendor; what cannot be used stops the process at its start.</summary>
internal static class VendorOptions
{
    public static T Bind<T>(CaId ca, IConfigurationSection section) where T : class, new()
    {
        T options;
        try
        {
            options = section.Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new T();
        }
        catch (InvalidOperationException unknown)
        {
            throw CaVendorDirectory.Unusable(ca, unknown.InnerException?.Message ?? unknown.Message);
        }

        var faults = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true)
            ? options
            : throw CaVendorDirectory.Unusable(ca, string.Join(' ', faults.Select(fault => fault.ErrorMessage)));
    }

    /// <param name="ca">Whose.</param>
    /// <param name="setting">PEM, or the path of a file of it.</param>
    public static IReadOnlyList<byte[]> Roots(CaId ca, string setting)
    {
        try
        {
            ReadOnlySpan<char> pem = setting.Contains("-----BEGIN", StringComparison.Ordinal) ? setting : File.ReadAllText(setting);
            var roots = new List<byte[]>();
            while (PemEncoding.TryFind(pem, out var fields))
            {
                var der = Convert.FromBase64String(pem[fields.Base64Data].ToString());
                if (!Sm2Certificate.TryParse(der, out var root) || !root.IsAuthority || !root.IsIssuedBy(root))
                {
                    throw CaVendorDirectory.Unusable(ca, "TrustedRoots: one is no SM2 root certificate.");
                }

                roots.Add(der);
                pem = pem[fields.Location.End..];
            }

            return roots.Count > 0 ? roots : throw CaVendorDirectory.Unusable(ca, "TrustedRoots: there is none.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            throw CaVendorDirectory.Unusable(ca, $"TrustedRoots: {unreadable.Message}");
        }
    }
}
