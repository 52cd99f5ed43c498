using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.WebPush;

/// <summary>Section <c>WebPush</c>: waking phones up whose app is closed.</summary>
public sealed class WebPushOptions : IValidatableObject
{
    public const string Section = "WebPush";

    /// <summary>The push services of Chromium, Firefox, Safari and Edge.</summary>
    private static readonly string[] Browsers = ["fcm.googleapis.com", "updates.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com"];

    /// <summary>Whom a push service may write to about us (RFC 8292 §2.1): <c>mailto:…</c> or <c>https:…</c>. Without one nothing is offered, and nothing sent.</summary>
    public string? Contact { get; set; }

    /// <summary>Hosts of further push services: <c>push.example.com</c>, <c>*.example.com</c>. Nothing is ever sent anywhere else.</summary>
    public IList<string> Services { get; } = [];

    /// <summary>Raised by one, a new key is made. Phones subscribe anew at their next start; until then the old key serves them.</summary>
    [Range(1, 1_000_000)]
    public int KeyGeneration { get; set; } = 1;

    /// <summary>How long an open app has to fetch by itself.</summary>
    [Range(1, 60)]
    public int GraceSeconds { get; set; } = 4;

    internal TimeSpan Grace => TimeSpan.FromSeconds(GraceSeconds);

    internal bool IsKnownService(string host) => Browsers.Concat(Services).Any(known => known.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(known[1..], StringComparison.OrdinalIgnoreCase) && host.Length > known.Length - 1
        : host.Equals(known, StringComparison.OrdinalIgnoreCase));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Contact is not null && !(Uri.TryCreate(Contact, UriKind.Absolute, out var contact) && contact.Scheme is "mailto" or "https"))
        {
            yield return new("WebPush:Contact is a mailto: or https: address.", [nameof(Contact)]);
        }

        foreach (var service in Services.Where(service => Uri.CheckHostName(service.StartsWith("*.", StringComparison.Ordinal) ? service[2..] : service) == UriHostNameType.Unknown))
        {
            yield return new($"WebPush:Services: {service} is not a host: push.example.com, *.example.com", [nameof(Services)]);
        }
    }
}
