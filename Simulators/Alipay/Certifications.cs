using System.Text.RegularExpressions;
using Bzt.Simulators.BankCards;

namespace Bzt.Simulators.Alipay;

/// <param name="CertifyId">Also what opens its page.</param>
/// <param name="OuterOrderNo">The merchant's.</param>
/// <param name="Passed">Null until the person has been through the page.</param>
/// <param name="FailReason">Why not.</param>
public sealed record Certification(
    string CertifyId, string OuterOrderNo, string Name, string IdNumber, string ReturnUrl, DateTimeOffset CreatedAt, bool? Passed, string? FailReason);

/// <summary>支付宝身份验证: <c>alipay.user.certify.open.initialize</c>, <c>.query</c>, and what the person does on the page of <c>.certify</c>.</summary>
sealed partial class Certifications(SimulatorState state, TimeProvider time)
{
    static readonly TimeSpan Lifetime = TimeSpan.FromHours(23);

    /// <summary>A certify id, or null when a parameter is not what Alipay asks for; an order number is used once.</summary>
    public string? Initialize(Dictionary<string, string> content)
    {
        var (identity, config) = (Members(content, "identity_param"), Members(content, "merchant_config"));
        var order = content.GetValueOrDefault("outer_order_no", "");
        var returnUrl = config.GetValueOrDefault("return_url", "");
        if (!OrderFormat().IsMatch(order) || content.GetValueOrDefault("biz_code") is not ("FACE" or "CERT_PHOTO" or "CERT_PHOTO_FACE" or "SMART_FACE")
            || identity.GetValueOrDefault("identity_type") != "CERT_INFO" || identity.GetValueOrDefault("cert_type") != "IDENTITY_CARD"
            || identity.GetValueOrDefault("cert_name", "") is not { Length: > 0 } name || identity.GetValueOrDefault("cert_no", "") is not { Length: > 0 } number
            || !Uri.TryCreate(returnUrl, UriKind.Absolute, out _))
        {
            return null;
        }

        return state.Change(world =>
        {
            if (world.Certifications.Values.Any(known => known.OuterOrderNo == order))
            {
                return null;
            }

            var certification = new Certification(Guid.NewGuid().ToString("N"), order, name, number, returnUrl, time.GetUtcNow(), null, null);
            world.Certifications.Add(certification.CertifyId, certification);
            return certification.CertifyId;
        });
    }

    /// <summary>Null when there is none, or none any more: Alipay says expired to both.</summary>
    public Certification? Find(string certifyId) => state.Read(world => world.Certifications.GetValueOrDefault(certifyId)) is { } found && time.GetUtcNow() < found.CreatedAt + Lifetime ? found : null;

    /// <summary>The person agrees, and is whoever was asked for if there is such a person; or refuses. What is over stays as it is.</summary>
    public Certification? Answer(string certifyId, bool agree)
    {
        if (Find(certifyId) is null)
        {
            return null;
        }

        return state.Change(world =>
        {
            var certification = world.Certifications[certifyId];
            if (certification.Passed is null)
            {
                var passed = agree && TestPerson.OfIdNumber(certification.IdNumber)?.Name == certification.Name;
                world.Certifications[certifyId] = certification = certification with { Passed = passed, FailReason = passed ? null : agree ? "姓名与身份证号不匹配" : "用户拒绝" };
            }

            return certification;
        });
    }

    public IReadOnlyList<Certification> Newest(int count) => state.Read<IReadOnlyList<Certification>>(world =>
        [.. world.Certifications.Values.OrderByDescending(certification => certification.CreatedAt).Take(count)]);

    static Dictionary<string, string> Members(Dictionary<string, string> content, string name) => AlipayGateway.Members(content.GetValueOrDefault(name, "{}"));

    [GeneratedRegex("^[0-9A-Za-z]{1,32}$")]
    private static partial Regex OrderFormat();
}
