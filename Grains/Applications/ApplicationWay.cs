using System.Collections.Frozen;
using Bzt.Contracts.Phone;

namespace Bzt.Grains.Applications;

/// <summary>What brings the certificate to the phone in the end.</summary>
public enum Delivery
{
    /// <summary>New keys, made with the phone under a new PIN.</summary>
    Download,
    /// <summary>The same keys, certified anew, under the certificate's PIN.</summary>
    Renewal,
    /// <summary>A new signing key for the rest of the certificate's time, and every encryption key the holder ever had.</summary>
    Recovery,
    /// <summary>A new signing key and a new encryption key in an expired certificate's place, and every encryption key from before.</summary>
    Reissue,
}

/// <summary>What a kind of application asks for on its way.</summary>
/// <param name="Administrator">The enterprise's administrator agrees first.</param>
/// <param name="Letter">An authorisation letter, sealed with the administrator's certificate.</param>
/// <param name="Form">The photograph of a form with the enterprise's seal.</param>
/// <param name="Licence">The photograph of the licence, and the legal representative.</param>
/// <param name="Delivery">What stands at its end.</param>
public sealed record ApplicationSteps(bool Administrator, bool Letter, bool Form, bool Licence, Delivery Delivery)
{
    /// <summary>Every kind, and what it takes.</summary>
    public static readonly IReadOnlyDictionary<ApplicationKind, ApplicationSteps> Of = new Dictionary<ApplicationKind, ApplicationSteps>
    {
        //                                           administrator letter form   licence  delivery
        [ApplicationKind.Claim] =                    new(false,    false, true,  true,    Delivery.Download),
        [ApplicationKind.Personal] =                 new(false,    false, false, false,   Delivery.Download),
        [ApplicationKind.PersonalRenewal] =          new(false,    false, false, false,   Delivery.Renewal),
        [ApplicationKind.EnterpriseCertificate] =    new(false,    true,  false, false,   Delivery.Download),
        [ApplicationKind.StaffCertificate] =         new(true,     true,  false, false,   Delivery.Download),
        [ApplicationKind.Join] =                     new(true,     true,  false, false,   Delivery.Download),
        [ApplicationKind.Authorisation] =            new(false,    true,  false, false,   Delivery.Download),
        [ApplicationKind.Renewal] =                  new(false,    true,  false, false,   Delivery.Renewal),
        [ApplicationKind.StaffRenewal] =             new(true,     true,  false, false,   Delivery.Renewal),
        [ApplicationKind.Reapplication] =            new(false,    false, true,  false,   Delivery.Reissue),
        [ApplicationKind.StaffReapplication] =       new(true,     true,  false, false,   Delivery.Reissue),
        [ApplicationKind.Recovery] =                 new(false,    false, false, false,   Delivery.Recovery),
        [ApplicationKind.EnterpriseChange] =         new(false,    false, true,  true,    Delivery.Download),
        [ApplicationKind.AdministratorReplacement] = new(false,    false, true,  true,    Delivery.Download),
    }.ToFrozenDictionary();
}

/// <summary>When the fee is due. The catalogue says it of each CA.</summary>
public enum FeeDue
{
    /// <summary>After the CA has approved.</summary>
    AfterReview,
    /// <summary>Before the CA reviews; paid back when it rejects.</summary>
    BeforeReview,
    /// <summary>Nothing is to be paid.</summary>
    Never,
}

/// <summary>The states one application passes, in order, as long as everybody agrees.</summary>
public sealed class ApplicationWay
{
    private readonly ApplicationState[] states;

    private ApplicationWay(ApplicationSteps steps, FeeDue fee) => states =
    [
        .. steps.Administrator ? [ApplicationState.AdministratorReview] : Array.Empty<ApplicationState>(),
        .. steps.Letter ? [ApplicationState.SealDue, ApplicationState.LetterSealed] : Array.Empty<ApplicationState>(),
        .. fee == FeeDue.BeforeReview ? [ApplicationState.PrepaymentDue] : Array.Empty<ApplicationState>(),
        ApplicationState.CaReview,
        .. fee == FeeDue.AfterReview ? [ApplicationState.PaymentDue] : Array.Empty<ApplicationState>(),
        ApplicationState.DownloadReady,
        ApplicationState.Downloading,
        ApplicationState.Completed,
    ];

    private static readonly FrozenDictionary<(ApplicationKind, FeeDue), ApplicationWay> Ways =
        (from steps in ApplicationSteps.Of
         from fee in Enum.GetValues<FeeDue>()
         select KeyValuePair.Create((steps.Key, fee), new ApplicationWay(steps.Value, fee))).ToFrozenDictionary();

    public IReadOnlyList<ApplicationState> States => states;

    public static ApplicationWay Of(ApplicationKind kind, FeeDue fee) => Ways[(kind, fee)];

    /// <summary>On the way, or off it (rejected), where everything begins again.</summary>
    public bool Passes(ApplicationState state) => state == ApplicationState.Rejected || states.Contains(state);

    /// <summary>The first one, from before the submission and after a rejection.</summary>
    public ApplicationState Next(ApplicationState? from) =>
        from is null or ApplicationState.Rejected ? states[0] : states[Array.IndexOf(states, from.Value) + 1];
}
