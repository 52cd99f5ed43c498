using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Grains;
using Bzt.Grains.Inbox;

namespace Bzt.Gateway.Inbox;

internal static class GetInbox
{
    private const int PageSize = 50;

    public static void Map(RouteGroupBuilder phones) =>
        phones.MapGet(Routes.Phone.Inbox, HandleAsync).WithSummary("Messages, newest first").Needs(PhoneAccess.Device).Produces<InboxPage>();

    private static async Task<IResult> HandleAsync(Caller caller, IGrainFactory grains, string? before = null, int take = PageSize)
    {
        var page = await grains.Inbox(caller.UserId).Fetch(caller.DeviceId, Math.Clamp(take, 1, PageSize), before);
        return Results.Json(new InboxPage([.. page.Messages.Select(ToContract)], page.Unread), BztJson.Default.InboxPage);
    }

    internal static MessageInfo ToContract(InboxMessage message)
    {
        var (id, kind, title, body, subject, at, _) = message.Entry;
        return new MessageInfo(id, ToContract(kind), title, body, subject, at, message.Read);
    }

    private static Contracts.Phone.MessageKind ToContract(Grains.Inbox.MessageKind kind) => kind switch
    {
        Grains.Inbox.MessageKind.ClaimApproved => Contracts.Phone.MessageKind.ClaimApproved,
        Grains.Inbox.MessageKind.ClaimRejected => Contracts.Phone.MessageKind.ClaimRejected,
        Grains.Inbox.MessageKind.CertificateActive => Contracts.Phone.MessageKind.CertificateActive,
        Grains.Inbox.MessageKind.CertificateFrozen => Contracts.Phone.MessageKind.CertificateFrozen,
        Grains.Inbox.MessageKind.SealingSessionEnded => Contracts.Phone.MessageKind.SealingSessionEnded,
        Grains.Inbox.MessageKind.SealingSessionBegun => Contracts.Phone.MessageKind.SealingSessionBegun,
        Grains.Inbox.MessageKind.DeviceLocked => Contracts.Phone.MessageKind.DeviceLocked,
        Grains.Inbox.MessageKind.PinChanged => Contracts.Phone.MessageKind.PinChanged,
        Grains.Inbox.MessageKind.PinResetAsked => Contracts.Phone.MessageKind.PinResetAsked,
        Grains.Inbox.MessageKind.PinResetStopped => Contracts.Phone.MessageKind.PinResetStopped,
        Grains.Inbox.MessageKind.PinResetReady => Contracts.Phone.MessageKind.PinResetReady,
        Grains.Inbox.MessageKind.CertificateLocked => Contracts.Phone.MessageKind.CertificateLocked,
        Grains.Inbox.MessageKind.CertificateRevoked => Contracts.Phone.MessageKind.CertificateRevoked,
        Grains.Inbox.MessageKind.CertificateExpiring => Contracts.Phone.MessageKind.CertificateExpiring,
        Grains.Inbox.MessageKind.NewDevice => Contracts.Phone.MessageKind.NewDevice,
        Grains.Inbox.MessageKind.JoinRequested => Contracts.Phone.MessageKind.JoinRequested,
        Grains.Inbox.MessageKind.CertificateRequested => Contracts.Phone.MessageKind.CertificateRequested,
        Grains.Inbox.MessageKind.RenewalRequested => Contracts.Phone.MessageKind.RenewalRequested,
        Grains.Inbox.MessageKind.ApplicationApproved => Contracts.Phone.MessageKind.ApplicationApproved,
        Grains.Inbox.MessageKind.RenewalApproved => Contracts.Phone.MessageKind.RenewalApproved,
        Grains.Inbox.MessageKind.ApplicationRejected => Contracts.Phone.MessageKind.ApplicationRejected,
        Grains.Inbox.MessageKind.ApplicationExpired => Contracts.Phone.MessageKind.ApplicationExpired,
        Grains.Inbox.MessageKind.EnterpriseNameChanged => Contracts.Phone.MessageKind.EnterpriseNameChanged,
        Grains.Inbox.MessageKind.PasswordChanged => Contracts.Phone.MessageKind.PasswordChanged,
        Grains.Inbox.MessageKind.NumberChanged => Contracts.Phone.MessageKind.NumberChanged,
        Grains.Inbox.MessageKind.WeChatTied => Contracts.Phone.MessageKind.WeChatTied,
        Grains.Inbox.MessageKind.WeChatUntied => Contracts.Phone.MessageKind.WeChatUntied,
        Grains.Inbox.MessageKind.OpeningChanged => Contracts.Phone.MessageKind.OpeningChanged,
        Grains.Inbox.MessageKind.SignatureAsked => Contracts.Phone.MessageKind.SignatureAsked,
        Grains.Inbox.MessageKind.InvitationReceived => Contracts.Phone.MessageKind.InvitationReceived,
        Grains.Inbox.MessageKind.InvitationAnswered => Contracts.Phone.MessageKind.InvitationAnswered,
        Grains.Inbox.MessageKind.MemberRemoved => Contracts.Phone.MessageKind.MemberRemoved,
        Grains.Inbox.MessageKind.TransferRequested => Contracts.Phone.MessageKind.TransferRequested,
        Grains.Inbox.MessageKind.TransferAnswered => Contracts.Phone.MessageKind.TransferAnswered,
        Grains.Inbox.MessageKind.AdministratorChanged => Contracts.Phone.MessageKind.AdministratorChanged,
        Grains.Inbox.MessageKind.EnterpriseClaimed => Contracts.Phone.MessageKind.EnterpriseClaimed,
        Grains.Inbox.MessageKind.MemberJoined => Contracts.Phone.MessageKind.MemberJoined,
        Grains.Inbox.MessageKind.RemittanceEnded => Contracts.Phone.MessageKind.RemittanceEnded,
        Grains.Inbox.MessageKind.TransferWished => Contracts.Phone.MessageKind.TransferWished,
        _ => throw new InvalidOperationException($"A message of kind {kind}."),
    };
}
