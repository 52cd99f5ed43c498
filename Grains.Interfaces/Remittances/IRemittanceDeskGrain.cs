namespace Bzt.Grains.Remittances;

/// <summary>Where the bank's notifications are checked, beside the key they are checked with, and handed to the remittance they are about.</summary>
[Alias("bzt.IRemittanceDesk")]
public interface IRemittanceDeskGrain : IGrainWithIntegerKey
{
    [Alias("receive")]
    Task<Reply<Nothing>> Receive(SignedMessage message);
}

/// <summary>A request of the neutral provider interfaces as it came: what its signature covers, and the signature.</summary>
/// <param name="Path">Of the address it was sent to.</param>
[GenerateSerializer, Immutable, Alias("bzt.SignedMessage")]
public sealed record SignedMessage(
    [property: Id(0)] string Path,
    [property: Id(1)] string AppId,
    [property: Id(2)] string Timestamp,
    [property: Id(3)] string Nonce,
    [property: Id(4)] string Signature,
    [property: Id(5)] byte[] Body);
