using Bzt.Contracts.Phone;
using Bzt.Grains.Accounts;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.Seals;

namespace Bzt.Grains.Applications;

/// <summary>The certificate's way to the phone, and what its arrival means: pure.</summary>
public static class ApplicationDelivery
{
    /// <summary>The enterprise of a claim is reserved for this application when this is asked.</summary>
    public static (StoredApplication State, Refusal? Refusal) Download(StoredApplication state, ApplicationId id, StartDownload command, DateTimeOffset now)
    {
        if (state.Application is not { } application || application.Applicant.User != command.Caller)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        if (application is { State: ApplicationState.Downloading or ApplicationState.Completed, Device: { } device })
        {
            if (device.Device == command.Device && device.PublicKey.AsSpan().SequenceEqual(command.DevicePublicKey))
            {
                return (state, null);
            }

            // Whether it may move to another device the certificate has said before.
            return application.State == ApplicationState.Downloading
                ? (state with { Application = application with { Device = new DownloadDevice(command.Device, command.DevicePublicKey) } }, null)
                : (state, new Refusal(RefusalCode.ApplicationStateWrong));
        }

        return ApplicationRules.Move(application, ApplicationEvent.Download, ApplicationActors.Holder, now, null) is { } moved
            ? (ApplicationRules.Become(state, id, moved with { Device = new DownloadDevice(command.Device, command.DevicePublicKey) }), null)
            : (state, NotDownloadable(application));
    }

    /// <summary>Null when a download may begin or go on as far as the application is concerned.</summary>
    public static Refusal? MayDownload(StoredApplication state, ApplicationId id, StartDownload command) => Download(state, id, command, default).Refusal;

    public static StoredApplication Activated(StoredApplication state, ApplicationId id, CertificateId certificate, DateTimeOffset now)
    {
        if (state.Application is not { } application || application.Certificate != certificate
            || ApplicationRules.Move(application, ApplicationEvent.Activate, ApplicationActors.Certificate, now, null) is not { } completed)
        {
            return state;
        }

        var told = Consequences(state.Outbox, id, application, now);
        if (application.Claim.FormBlobId is { } form)
        {
            // After the enterprise knows its administrator: it takes seals from nobody else.
            told = told.AdoptSeals(application.Submitter, form, application.Claim.CreditCode, id);
        }

        return ApplicationRules.Become(state with { Outbox = told }, id, completed);
    }

    /// <summary>Rejected like a review that failed. The next submission is for another certificate: the CA may have used up this one's name.</summary>
    public static StoredApplication IssuanceFailed(
        StoredApplication state, ApplicationId id, IssuanceFailure failure, CertificateId next, DateTimeOffset now)
    {
        if (state.Application is not { } application || application.Certificate != failure.Certificate
            || ApplicationRules.Move(application, ApplicationEvent.IssuanceFails, ApplicationActors.Certificate, now, failure.Reason) is not { } rejected)
        {
            return state;
        }

        var told = application.Kind == ApplicationKind.Claim
            ? state with { Outbox = state.Outbox.Add(ApplicationOutbox.Release, application.Claim.CreditCode.Value, id) }
            : state;
        return ApplicationRules.TurnedDown(
            told, id, application,
            rejected with { Device = null, Certificate = application.Steps.Delivery == Delivery.Download ? next : application.Certificate },
            ApplicationMessages.NotIssued(id, application, failure.Reason, now));
    }

    /// <summary>What a certificate that has arrived makes of its holder.</summary>
    private static Outbox Consequences(Outbox outbox, ApplicationId id, ApplicationRecord application, DateTimeOffset now)
    {
        var (claim, holder) = (application.Claim, application.Applicant);
        return application.Kind switch
        {
            ApplicationKind.Claim => outbox
                .Add(ApplicationOutbox.ConfirmClaim, claim.CreditCode.Value, new ConfirmClaim(
                    id, application.Certificate, claim.EnterpriseName, holder.User, holder.MaskedName, holder.MaskedPhoneNumber))
                .Add(ApplicationOutbox.AddMembership, holder.User.ToString(), new Membership(
                    claim.CreditCode, claim.EnterpriseName, Accounts.MemberRole.Administrator))
                .AddMessage(holder.User, ApplicationMessages.Completed(id, application, now)),
            ApplicationKind.EnterpriseChange => outbox
                .Add(ApplicationOutbox.ChangeName, claim.CreditCode.Value, new CertifiedName(id, claim.EnterpriseName)),
            ApplicationKind.AdministratorReplacement => outbox
                .Add(ApplicationOutbox.ReplaceAdministrator, claim.CreditCode.Value, new ReplaceAdministrator(id, holder.User, holder.MaskedName, holder.MaskedPhoneNumber)),
            _ when application.Permissions is { Count: > 0 } permissions => outbox
                .Add(ApplicationOutbox.Grant, claim.CreditCode.Value, new GrantAuthorisation(
                    id.Value, holder.User, application.Offer.Platform, permissions, application.Certificate, now, Until(application, now), application.Letter?.Sealed?.BlobId,
                    application.Kind == ApplicationKind.Join
                        ? new AddMember(id.Value, holder.User, Enterprises.MemberVia.Join, holder.MaskedName, holder.MaskedPhoneNumber)
                        : null)),
            _ => outbox,
        };
    }

    /// <summary>A day longer than the certificate: it must not end before it.</summary>
    private static DateTimeOffset Until(ApplicationRecord application, DateTimeOffset now) => now + TimeSpan.FromDays((365 * application.Offer.Years) + 1);

    private static Refusal NotDownloadable(ApplicationRecord application) => new(application.State switch
    {
        ApplicationState.PaymentDue or ApplicationState.PrepaymentDue => RefusalCode.PaymentRequired,
        _ => RefusalCode.ApplicationStateWrong,
    });
}
