using System.Formats.Asn1;

namespace Bzt.Simulators.CaVendors;

/// <summary>The subject of a PKCS#10 request, as `openssl -subj` takes one.</summary>
static class RequestSubject
{
    static readonly Dictionary<string, string> Names = new() { ["2.5.4.6"] = "C", ["2.5.4.8"] = "ST", ["2.5.4.7"] = "L", ["2.5.4.10"] = "O", ["2.5.4.11"] = "OU", ["2.5.4.3"] = "CN" };

    public static string Of(byte[] request)
    {
        var info = new AsnReader(request, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        info.ReadInteger();
        var (name, text) = (info.ReadSequence(), "");
        while (name.HasData)
        {
            var attribute = name.ReadSetOf().ReadSequence();
            var type = attribute.ReadObjectIdentifier();
            var value = attribute.ReadCharacterString((UniversalTagNumber)attribute.PeekTag().TagValue);
            if (Names.TryGetValue(type, out var known))
            {
                text += $"/{known}={Escaped(value)}";
            }
        }

        return text;
    }

    public static string Escaped(string value) => string.Concat(value.Select(character => character is '/' or '+' or '\\' ? $"\\{character}" : character.ToString()));
}
