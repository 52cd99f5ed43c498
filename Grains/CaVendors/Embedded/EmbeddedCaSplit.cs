using System.Text.Json;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.CaVendors.Embedded;

/// <summary>The first release kept a whole CA in its adapter's row. Here it is handed on: authorities, holders, numbers, keys.</summary>
internal static class EmbeddedCaSplit
{
    private const int AtATime = 16;

    public static async Task HandOn(IGrainFactory grains, CaId ca, EmbeddedCaState whole)
    {
        await grains.CaAuthority(ca).Adopt(
            new(whole.Root.Certificate, whole.Root.ProtectedKey), new(whole.Issuing.Certificate, whole.Issuing.ProtectedKey));
        foreach (var part in whole.Files.Values.GroupBy(file => file.Application.Holder).Chunk(AtATime))
        {
            await Task.WhenAll(part.Select(holder => HandOn(grains, ca, whole, holder.Key, [.. holder])));
        }
    }

    private static async Task HandOn(IGrainFactory grains, CaId ca, EmbeddedCaState whole, string holder, IReadOnlyList<CaFile> files)
    {
        foreach (var file in files)
        {
            await grains.CaClaim(ca, CaClaims.Number, file.Application.Number).Claim(holder);
            if (file.Issued is { } issue)
            {
                await grains.CaClaim(ca, CaClaims.SigningKey, CaClaims.NameOf(issue.SigningKey)).Claim(holder);
            }
        }

        var serials = files.Where(file => file.Issued is not null).SelectMany(file => (string[])[file.Issued!.SigningSerialNumber, file.Issued.EncryptionSerialNumber]).ToHashSet();
        var own = whole with
        {
            Files = whole.Files.RemoveRange(whole.Files.Keys.Except(files.Select(file => file.Application.Number))),
            Escrow = whole.Escrow.RemoveAll(key => key.Holder != holder),
            Revoked = whole.Revoked.RemoveRange(whole.Revoked.Keys.Where(serial => !serials.Contains(serial))),
        };
        await grains.CaHolder(ca, holder).Adopt(JsonSerializer.SerializeToUtf8Bytes(own, StateJson.Options));
    }
}
