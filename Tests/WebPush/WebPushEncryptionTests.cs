using System.Buffers.Text;
using System.Security.Cryptography;
using Bzt.Grains.WebPush;

namespace Bzt.Tests.WebPush;

/// <summary>RFC 8291, by its own example; that others can read what is sent is <see cref="PushTests"/>' business.</summary>
public sealed class WebPushEncryptionTests
{
    [Fact]
    public void The_example_of_appendix_A_comes_out_octet_by_octet()
    {
        using var ephemeral = ECDiffieHellman.Create(Key(
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8", "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
        var plaintext = "When I grow up, I want to be a watermelon"u8;
        var message = WebPushEncryption.Encrypt(
            Octets("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"), Octets("BTBZMqHH6r4Tts7J_aSIgg"),
            plaintext, plaintext.Length + 1, ephemeral, Octets("DGv6ra1nlYgDCS1FRnbzlw"));
        Assert.Equal(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
            Base64Url.EncodeToString(message));
    }

    [Fact]
    public void Only_points_of_the_curve_are_keys()
    {
        var point = Octets("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        Assert.True(WebPushEncryption.IsPoint(point));
        var beside = (byte[])point.Clone();
        beside[64] ^= 1;
        foreach (var wrong in new byte[][] { beside, point[..64], [.. point, 0], [2, .. point[1..33]], [6, .. point[1..]], [4, .. new byte[64]], [0], [] })
        {
            Assert.False(WebPushEncryption.IsPoint(wrong));
        }
    }

    [Fact]
    public void All_messages_have_one_length_and_no_two_are_alike()
    {
        using var browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var to = new PushSubscription("https://push.example/1", WebPushEncryption.EncodePoint(browser.ExportParameters(false).Q), new byte[16], []);
        var orders = Enum.GetValues<PushKind>().SelectMany(kind => new Guid?[] { null, Guid.NewGuid() }, (kind, id) => new PushOrder(kind, id, default, default));
        var messages = orders.Select(order => WebPushEncryption.Encrypt(to, HttpPushSender.Payload(order))).ToList();
        Assert.Single(messages.Select(message => message.Length).Distinct());
        Assert.Equal(messages.Count, messages.Select(Convert.ToHexString).Distinct().Count());
    }

    private static byte[] Octets(string text) => Base64Url.DecodeFromChars(text);

    private static ECParameters Key(string point, string secret)
    {
        var key = WebPushEncryption.DecodePoint(Octets(point));
        key.D = Octets(secret);
        return key;
    }
}
