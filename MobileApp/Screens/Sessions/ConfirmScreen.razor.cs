using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.MobileApp.Components;
using Bzt.MobileApp.Records;
using Bzt.Protocol.Phone;
using Microsoft.AspNetCore.Components;

namespace Bzt.MobileApp.Screens.Sessions;

/// <summary>Look at what is asked, then confirm it with the PIN, or refuse.</summary>
public sealed partial class ConfirmScreen
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private OpenedRequest? opened;
    private Guid? chosen;
    private string? wrong;
    private string? wrongNote;
    private DateTimeOffset? lockedUntil;
    private bool lockedForGood;
    private bool shown;
    private bool slow;
    private SealingSessionRequest? wish;

    [Parameter]
    public string? Step { get; set; }

    private bool AsksPin => Step is not null && opened is not null;

    private PhoneSession? Session => App.Scanned?.Session;

    private CertificateInfo? Certificate => App.Certificates?.FirstOrDefault(certificate => certificate.CertificateId == chosen);

    private TimeSpan Remaining => Session is { } session && session.ExpiresAt > App.Now ? session.ExpiresAt - App.Now : TimeSpan.Zero;

    private bool IsShort => Remaining < TimeSpan.FromSeconds(60);

    private bool IsLate => Session is not null && Remaining == TimeSpan.Zero;

    private bool IsLocked => lockedForGood || lockedUntil > App.Now;

    /// <summary>By the server's clock, counting down while the user looks at it.</summary>
    private string? LockText => lockedForGood ? Texts.Pin.LockedForGood : lockedUntil > App.Now ? Texts.Pin.LockedFor(lockedUntil.Value - App.Now) : wrong;

    protected override async Task OnInitializedAsync()
    {
        // What was confirmed when the app was closed: its outcome comes first.
        if (App.Unsettled is not null)
        {
            Go("result", replace: true);
            return;
        }

        // What the user already looks at is not opened a second time.
        if (opened is not null)
        {
            return;
        }

        await RunAsync(async () =>
        {
            await App.ResumeScanAsync();
            if (App.Certificates is null)
            {
                await App.LoadCertificatesAsync();
            }
        });
        if (Session is not { } session)
        {
            if (Fault is null && !AwaitsNetwork && !Left)
            {
                GoHome();
            }

            return;
        }

        shown = true;
        Accompany(TickAsync);
        if (session.Certificates is [var first, ..])
        {
            await OpenWithAsync(first);
        }
        else
        {
            Fault = Fault.OfEligibility(session.NotEligibleCode);
        }
    }

    /// <summary>One enterprise may have several certificates of one CA: the serial's end tells them apart.</summary>
    private Option OptionOf(Guid id) => App.Certificates?.FirstOrDefault(certificate => certificate.CertificateId == id) is { } certificate
        ? new($"{id}", $"{certificate.EnterpriseName} · {Texts.PinChange.Card(certificate)}")
        : new($"{id}", Texts.Unknown);

    private async Task OpenWithAsync(Guid certificateId)
    {
        Close();
        chosen = certificateId;
        await RunAsync(OpenAsync);
        if (Left)
        {
            Close();
        }
    }

    private async Task OpenAsync()
    {
        switch (await App.Client.OpenRequestAsync(App.Scanned!, chosen!.Value))
        {
            case RequestOpening.Opened(var request):
                opened = request;
                break;
            case RequestOpening.NotOpened(PinOutcome.Failed) when Session is { Kind: SessionKind.Decrypt } && App.Scanned!.Binding is null:
                Fault = new Fault(Texts.Confirm.NoBinding, Texts.Confirm.NoBindingAdvice);
                break;
            case RequestOpening.NotOpened(var reason):
                Fault = Texts.Pin.FaultOf(reason);
                break;
        }
    }

    /// <summary>Another seal is another picture, so other bytes: they are fetched and decoded anew.</summary>
    private Task ChooseSealAsync(SealKind seal) => RunAsync(async () =>
    {
        await App.LookAtAsync(await App.Client.ChooseSealAsync(App.Scanned!, seal));
        Close();
        await OpenAsync();
    });

    private async Task ConfirmAsync(string pin)
    {
        (wrong, wrongNote) = (null, null);
        _ = TellSlowAsync();
        await RunAsync(async () =>
        {
            var confirmation = ConfirmationOf(opened!);
            await App.BeginConfirmationAsync(confirmation);
            PinOutcome outcome;
            SealingConfirmation? begun = null;
            try
            {
                begun = wish is { } ticked
                    ? await App.Client.ConfirmWithSealingSessionAsync(opened!, ticked with { CertificateId = opened!.CertificateId }, pin)
                    : null;
                outcome = begun is not null ? begun.Request : await App.Client.ConfirmAsync(opened!, pin);
            }
            catch (PhoneLinkException)
            {
                // It may have been done: the result screen asks until it is known, and nothing is confirmed twice.
                Go("result", replace: true);
                return;
            }
            catch
            {
                await App.TryAgainAsync();
                throw;
            }

            await ShowAsync(confirmation, outcome, begun);
        });
        slow = false;
        if (Fault is { } fault && AsksPin)
        {
            (wrong, wrongNote) = (fault.Title, fault.Advice);
        }
    }

    /// <summary>The phone asks on its own what became of a lost answer; the user is told to wait for it.</summary>
    private async Task TellSlowAsync()
    {
        await Task.Delay(Patience);
        slow = Busy;
    }

    private async Task ShowAsync(Confirmation confirmation, PinOutcome outcome, SealingConfirmation? begun)
    {
        switch (outcome)
        {
            case PinOutcome.WrongPin tried:
                await App.TryAgainAsync();
                (wrong, wrongNote) = (Texts.Pin.Wrong(tried), Texts.Pin.WrongNote(tried));
                (lockedUntil, lockedForGood) = (tried.LockedUntil, tried.LockedForGood);
                break;
            case PinOutcome.Locked locked:
                await App.TryAgainAsync();
                (lockedUntil, lockedForGood) = (locked.Until, locked.Until is null);
                wrongNote = Texts.Pin.LockedNote;
                break;
            case PinOutcome.Done when begun is { Session: PinOutcome.Done }:
                await App.BeginSealingAsync(begun.Info);
                await App.EndAsync(confirmation, outcome);
                await App.SeenAsync();
                Go($"sealing/{begun.Info.SealingSessionId}", replace: true);
                break;
            case PinOutcome.Done when App.PushedIn is { } sealing:
                await App.EndAsync(confirmation, outcome);
                await App.SeenAsync();
                Go($"sealing/{sealing}", replace: true);
                break;
            default:
                await App.EndAsync(confirmation, outcome, sessionFailed: begun is not null);
                Go("result", replace: true);
                break;
        }
    }

    private Task RefuseAsync(bool disowned) => RunAsync(async () =>
    {
        await (disowned ? App.Client.DisownAsync(Session!.SessionId) : App.Client.RefuseAsync(Session!.SessionId));
        var sealing = App.PushedIn;
        await App.EndAsync(ConfirmationOf(opened!), null, disowned);
        if (sealing is not null)
        {
            await App.SeenAsync();
        }

        Go(sealing is null ? "result" : $"sealing/{sealing}", replace: true);
    });

    private async Task LeaveAsync()
    {
        await App.ForgetScanAsync();
        GoHome();
    }

    private Confirmation ConfirmationOf(OpenedRequest request) => new(
        request.Session.SessionId, request.CertificateId, request.Session.Kind, request.Session.PlatformName, request.Session.Project?.Name,
        request.Session.Kind is SessionKind.Login or SessionKind.Bind ? []
        : request.Decryption is { } task ? [.. task.Items.Select(item => item.Name)]
        : [.. request.Forms.Select(Texts.Confirm.NameOf)],
        App.Now)
    {
        SameDevice = request.Session.SameDevice,
    };

    private static string IconOf(OpenedRequest request) => request.Session.Kind switch
    {
        SessionKind.Login or SessionKind.Bind => "login",
        SessionKind.Decrypt => "unlock",
        SessionKind.Encrypt => "lock",
        _ => "stamp",
    };

    private async Task TickAsync()
    {
        while (!Left)
        {
            await Task.Delay(1000);
            StateHasChanged();
        }
    }

    private void Close()
    {
        opened?.Dispose();
        opened = null;
    }

    protected override void Leave()
    {
        // A confirmation under way keeps its round; it is closed when that ends.
        if (!Busy)
        {
            Close();
        }

        if (shown && App.Unsettled is null)
        {
            _ = App.ForgetScanAsync();
        }
    }
}
