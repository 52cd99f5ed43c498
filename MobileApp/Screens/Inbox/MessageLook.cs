using Bzt.Contracts.Phone;

namespace Bzt.MobileApp.Screens.Inbox;

/// <summary>How a message of a kind is marked, and where its action leads.</summary>
internal static class MessageLook
{
    public static string IconOf(MessageKind kind) => kind switch
    {
        MessageKind.ClaimApproved or MessageKind.ApplicationApproved or MessageKind.RenewalApproved => "pay",
        MessageKind.ClaimRejected or MessageKind.ApplicationRejected or MessageKind.ApplicationExpired => "alert",
        MessageKind.CertificateActive => "done",
        MessageKind.CertificateFrozen => "frost",
        MessageKind.CertificateLocked or MessageKind.DeviceLocked => "lock",
        MessageKind.CertificateExpiring or MessageKind.OpeningChanged => "clock",
        MessageKind.CertificateRevoked => "close",
        MessageKind.PinChanged or MessageKind.PinResetAsked or MessageKind.PinResetStopped or MessageKind.PinResetReady or MessageKind.PasswordChanged => "key",
        MessageKind.NumberChanged => "call",
        MessageKind.WeChatTied or MessageKind.WeChatUntied => "chat",
        MessageKind.NewDevice => "phone",
        MessageKind.JoinRequested or MessageKind.CertificateRequested or MessageKind.RenewalRequested => "file",
        MessageKind.InvitationReceived or MessageKind.InvitationAnswered or MessageKind.MemberRemoved or MessageKind.MemberJoined => "people",
        MessageKind.EnterpriseNameChanged or MessageKind.EnterpriseClaimed => "building",
        _ => "mail",
    };

    /// <summary>What should not wait.</summary>
    public static string? ToneOf(MessageKind kind) => kind switch
    {
        MessageKind.ClaimRejected or MessageKind.ApplicationRejected or MessageKind.ApplicationExpired or MessageKind.CertificateFrozen or MessageKind.CertificateLocked
            or MessageKind.CertificateExpiring or MessageKind.DeviceLocked or MessageKind.NewDevice or MessageKind.PinResetAsked => "warn",
        _ => null,
    };

    /// <summary>Where the message's action leads, relative to the app; null when it only tells.</summary>
    public static (string Address, string Label)? TargetOf(MessageInfo message)
    {
        return message.Kind switch
        {
            MessageKind.ClaimApproved or MessageKind.ApplicationApproved => Of("applications/", Texts.Messages.ToDownload),
            MessageKind.RenewalApproved => Of("applications/", Texts.Applications.Renew),
            MessageKind.ClaimRejected or MessageKind.ApplicationRejected or MessageKind.ApplicationExpired => Of("applications/", Texts.Messages.ToApplication),
            MessageKind.CertificateActive or MessageKind.CertificateLocked or MessageKind.CertificateFrozen or MessageKind.CertificateRevoked
                or MessageKind.DeviceLocked => ("certificates", Texts.Messages.ToCertificates),
            MessageKind.CertificateExpiring => Of("certificates/", Texts.Messages.ToCertificates),
            MessageKind.PinResetAsked or MessageKind.PinResetReady or MessageKind.PinResetStopped when message.Subject is { } id => ($"certificates/{id}/pin-reset", Texts.Messages.ToReset),
            MessageKind.NewDevice => ("settings/devices", Texts.Messages.ToDevices),
            MessageKind.PasswordChanged => ("settings/password", Texts.Messages.ToPassword),
            _ => EnterpriseMessages.TargetOf(message),
        };

        (string, string)? Of(string place, string label) => message.Subject is { } subject ? (place + subject, label) : null;
    }
}
