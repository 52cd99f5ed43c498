using System.Buffers.Text;
using Bzt.Contracts.Phone;

namespace Bzt.Samples.Demo;

/// <summary>Somebody with the phone in hand: scans, looks, enters the PIN.</summary>
internal sealed class PhoneUser(PhoneClient phone, Guid certificateId)
{
    /// <param name="link">From the QR.</param>
    /// <param name="pin">The right one.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="checkCode">With decryption: what the PC shows; the user compares it.</param>
    public async Task ScanAndConfirmAsync(string link, string pin, CancellationToken stop, string? checkCode = null)
    {
        using var request = await OpenAsync(link, stop);
        if (checkCode is not null && request.CheckCode != checkCode)
        {
            throw new DemoException($"The check codes differ: {checkCode} on the PC, {request.CheckCode} on the phone.");
        }

        var outcome = await phone.ConfirmAsync(request, pin, stop);
        if (outcome is not PinOutcome.Done)
        {
            throw new DemoException($"The confirmation ended with {outcome}.");
        }
    }

    /// <summary>A slip of the finger first.</summary>
    public async Task<PinOutcome.WrongPin> ScanAndTryAsync(string link, string wrongPin, string pin, CancellationToken stop)
    {
        using var request = await OpenAsync(link, stop);
        var first = await phone.ConfirmAsync(request, wrongPin, stop);
        var second = await phone.ConfirmAsync(request, pin, stop);
        return (first, second) is (PinOutcome.WrongPin wrong, PinOutcome.Done)
            ? wrong
            : throw new DemoException($"A wrong PIN and then the right one ended with {first} and {second}.");
    }

    private async Task<OpenedRequest> OpenAsync(string link, CancellationToken stop)
    {
        var scanned = await phone.ScanAsync(link, stop);
        if (!scanned.Session.Certificates.Contains(certificateId))
        {
            throw new DemoException($"The certificate may not serve this request: {scanned.Session.NotEligibleCode}.");
        }

        return await phone.OpenRequestAsync(scanned, certificateId, stop) is RequestOpening.Opened(var request)
            ? request
            : throw new DemoException("The request could not be opened.");
    }
}
