using System.ComponentModel.DataAnnotations;

namespace Bzt.Grains.Retention;

/// <summary>Section <c>Retention</c>: how long what is over is kept. Below what the law asks for nothing starts.</summary>
public sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Certificates with their evidence, applications and CA files, after the certificate's end; openings of bids likewise. 电子签名法 §24: five at least.</summary>
    [Range(5, 100)]
    public int CertificateYears { get; set; } = 5;

    /// <summary>Sessions and the logs of sealing sessions, after their last write. 网络安全法 §21: six months at least.</summary>
    [Range(184, 36_500)]
    public int SessionDays { get; set; } = 1_827;

    /// <summary>Applications that ended without a certificate, with their papers. Six months at least, as above.</summary>
    [Range(184, 36_500)]
    public int ApplicationDays { get; set; } = 365;

    /// <summary>Pictures and letters that nothing names: an upload has so long to be handed in with an application.</summary>
    [Range(7, 366)]
    public int UploadDays { get; set; } = 30;

    /// <summary>Messages of an inbox into which nothing has come since.</summary>
    [Range(184, 36_500)]
    public int InboxDays { get; set; } = 1_096;

    /// <summary>How often is looked. Reminders come once a minute at most.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromHours(6);
}

/// <summary>What only means something for a while, in periods that are nobody's to set.</summary>
/// <param name="Type">Of the rows: grain type and state name.</param>
/// <param name="After">Since the last write.</param>
/// <param name="Without">Only those whose state has no such member.</param>
public sealed record RestingRows(string Type, TimeSpan After, string? Without = null)
{
    /// <summary>
    /// By what their rules say: a login is over after minutes, a text message's cause after a day, a device's wrong PINs after a week, a callback is
    /// given up after two days, an invitation after seven. A remittance shows how somebody became a member of an enterprise, as long as evidence does.
    /// </summary>
    public static IReadOnlyList<RestingRows> Of(RetentionOptions options) =>
    [
        new("wechat-sign-in/wechat-sign-in", TimeSpan.FromDays(1)),
        new("oauth-grant/oauth-grant", TimeSpan.FromDays(30)),
        new("signature-activation/signature-activation", TimeSpan.FromDays(30)),
        new("invitation-box/invitation-box", TimeSpan.FromDays(30)),
        new("sms-notice/sms-notice", TimeSpan.FromDays(30)),
        new("device-pins/device-pins", TimeSpan.FromDays(30)),
        new("push/push", TimeSpan.FromDays(30)),

        // Longer than a claim waits for anybody but the CA. Without it a second claim is let in, and no more.
        new("claimant/claimant", TimeSpan.FromDays(732)),

        // Numbers that only asked for a code, persons and WeChat users whose account was closed: nobody's.
        new("phone-number/phone-number", TimeSpan.FromDays(30), Without: "owner"),
        new("person/person", TimeSpan.FromDays(1), Without: "user"),
        new("wechat-account/wechat-account", TimeSpan.FromDays(1), Without: "user"),
        new("session-callback/session-callback", TimeSpan.FromDays(60)),
        new("sealing-session-index/sealing-session-index", TimeSpan.FromDays(options.SessionDays)),
        new("sealing-session/sealing-session", TimeSpan.FromDays(options.SessionDays)),
        new("qr-session/qr-session", TimeSpan.FromDays(options.SessionDays)),
        new("remittance/remittance", Years(options)),
        new("opening-file/opening-file", Years(options)),
        new("opening/opening", Years(options)),
    ];

    // A leap day too many rather than one too few.
    private static TimeSpan Years(RetentionOptions options) => TimeSpan.FromDays((options.CertificateYears * 366) + 1);
}
