namespace Bzt.Grains.Applications;

/// <summary>Where providers' notifications are checked, beside the keys they are checked with, and handed to their orders.</summary>
[Alias("bzt.IPaymentDesk")]
public interface IPaymentDeskGrain : IGrainWithIntegerKey
{
    /// <summary>The body that tells the provider its notification was stored.</summary>
    /// <param name="provider">From the notification's route.</param>
    /// <param name="form">The POST's fields, decoded.</param>
    [Alias("receive")]
    Task<Reply<string>> Receive(string provider, IReadOnlyDictionary<string, string> form);
}
