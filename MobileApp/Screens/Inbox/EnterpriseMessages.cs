using Bzt.Contracts.Phone;

namespace Bzt.MobileApp.Screens.Inbox;

/// <summary>Where messages about an enterprise and its people lead.</summary>
internal static class EnterpriseMessages
{
    /// <summary>The screen that says more than the message, and where it is answered; null when the message says all.</summary>
    public static string? PlaceOf(MessageInfo message) => message switch
    {
        { Kind: MessageKind.JoinRequested or MessageKind.CertificateRequested or MessageKind.RenewalRequested, Subject: { } id } => $"requests/{id}?from=messages",
        { Kind: MessageKind.InvitationReceived, Subject: { } id } => $"invitations/{id}?from=messages",
        { Kind: MessageKind.TransferRequested, Subject: { } code } => $"transfer/{code}?from=messages",
        { Kind: MessageKind.SignatureAsked, Subject: { } id } => $"asked/{id}",
        { Kind: MessageKind.RemittanceEnded, Subject: { } id } => $"remittances/{id}?from=messages",
        _ => null,
    };

    /// <summary>What can be done after reading the message.</summary>
    public static (string Address, string Label)? TargetOf(MessageInfo? message) => message switch
    {
        { Kind: MessageKind.TransferWished or MessageKind.MemberJoined or MessageKind.AdministratorChanged or MessageKind.TransferAnswered, Subject: { } code } => ($"people/{code}", Texts.People.Title),
        { Kind: MessageKind.EnterpriseClaimed, Subject: { } code } => ($"enterprise?to=join&code={code}", Texts.Joining.Title),
        { Kind: MessageKind.EnterpriseNameChanged } => ("certificates/new", Texts.Home.NewEnterpriseCertificate),
        _ => null,
    };
}
