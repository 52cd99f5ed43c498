using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.Applications;

/// <summary>The kinds of consequences an application, an order or an enterprise sends; each has its handler below or in its receiver's folder.</summary>
internal static class ApplicationOutbox
{
    public const string SubmitToCa = "application/submit-to-ca";
    public const string OpenOrder = "application/open-order";
    public const string CloseOrder = "application/close-order";
    public const string Contend = "application/contend";
    public const string Release = "application/release";
    public const string ConfirmClaim = "application/confirm-claim";
    public const string AddMembership = "application/add-membership";
    public const string PostMessage = "application/post-message";

    public static Outbox Post(this Outbox outbox, UserId user, InboxEntry entry) => outbox.Add(PostMessage, user.ToString(), entry);
}
