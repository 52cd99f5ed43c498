using System.ComponentModel.DataAnnotations;

namespace Bzt.Gateway.Admission;

/// <summary>
/// Section <c>Limits</c>: what one caller may have of the system, so that there is enough for the others. Rates are of all gateways together,
/// counted over <see cref="RateCounts.Window"/>; numbers at once are of one gateway.
/// </summary>
public sealed class LimitsOptions
{
    public const string Section = "Limits";

    /// <summary>Requests of one platform, its tools included. Ten thousand bidders who open at once stay under it.</summary>
    [Range(1, 1_000_000)]
    public int PlatformPerSecond { get; set; } = 2_000;

    /// <summary>Requests of one user on all devices, and of one bidder's tools at one platform. A 会话签章 that seals as fast as it can stays under it.</summary>
    [Range(1, 1_000_000)]
    public int UserPerSecond { get; set; } = 40;

    /// <summary>
    /// Requests from one address with nobody known behind them, however they are answered: logins, public lists, guesses, probes. Whoever is known
    /// does not count, so that a hall full of bidders behind one address is not one caller. Counted at each gateway: addresses stay in its memory.
    /// </summary>
    [Range(1, 1_000_000)]
    public int StrangerPerSecond { get; set; } = 50;

    /// <summary>Of an older release, which counted refusals only: still read, without effect.</summary>
    public int? StrangerRefusalsPerSecond { get; set; }

    /// <summary>Files of the phone app and of pages, from one address: the app is some 60 of them at its first start, and a hall starts together.</summary>
    [Range(1, 1_000_000)]
    public int FilesPerSecond { get; set; } = 1_000;

    /// <summary>Time stamps and what CAs publish, from one address: a platform's server asks for all its bidders, a hall's tools behind one address.</summary>
    [Range(1, 1_000_000)]
    public int PublishedPerSecond { get; set; } = 200;

    /// <summary>Requests under way in one gateway, without those that wait. Above it a request is answered at once with 503 instead of late with a time-out.</summary>
    [Range(1, 100_000)]
    public int AtOnce { get; set; } = 1_000;

    /// <summary>Of those, from one address: who sends slowly to hold places gets a quarter of them.</summary>
    [Range(1, 100_000)]
    public int AtOncePerAddress { get; set; } = 250;

    /// <summary>Of those, of one platform.</summary>
    [Range(1, 100_000)]
    public int AtOncePerPlatform { get; set; } = 200;

    /// <summary>Of those, of one user, or of one bidder's tools; as many long polls of these tools: a screen full of pictures, on several devices.</summary>
    [Range(1, 100_000)]
    public int AtOncePerUser { get; set; } = 64;

    /// <summary>
    /// Pictures of one user that still wait to be asked about: uploads, and seals cut out of them, handed in or not, of the last <c>Retention:UploadDays</c>.
    /// What was handed in counts too: an application may be corrected, or taken back, as often as one likes, and keeps the pictures of each time.
    /// </summary>
    [Range(1, 100_000)]
    public int UploadsPerUser { get; set; } = 200;

    /// <summary>Long polls of one platform under way.</summary>
    [Range(1, 100_000)]
    public int WaitsPerPlatform { get; set; } = 10_000;
}
