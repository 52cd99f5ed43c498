namespace Bzt.Grains.Accounts;

/// <param name="Operation">The phone's.</param>
/// <param name="NewNumber">Eleven digits.</param>
/// <param name="Code">Of <see cref="SmsCodePurpose.ChangeNumber"/>, sent to the new number.</param>
[GenerateSerializer, Immutable, Alias("bzt.ChangeNumber")]
public sealed record ChangeNumber(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] string NewNumber,
    [property: Id(3)] string Code)
{
    /// <summary>Only the type: a record would print the number into a log.</summary>
    public override string ToString() => nameof(ChangeNumber);
}

/// <param name="Done">The new number logs in.</param>
/// <param name="Certificate">Its PIN is waited for; the task's id is the operation.</param>
[GenerateSerializer, Immutable, Alias("bzt.NumberChangeView")]
public sealed record NumberChangeView(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] bool Done,
    [property: Id(2)] string MaskedNumber,
    [property: Id(3)] CertificateId? Certificate,
    [property: Id(4)] DateTimeOffset ExpiresAt);
