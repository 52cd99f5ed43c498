namespace Bzt.Grains.Accounts;

/// <summary>
/// Notices by SMS to an account's own number. Takes them at once and keeps at it while the provider is away, so that no outbox waits for a
/// provider. Key: the user id.
/// </summary>
[Alias("bzt.ISmsNotice")]
public interface ISmsNoticeGrain : IGrainWithGuidKey
{
    /// <summary>Idempotent by <see cref="SmsNotice.Id"/>.</summary>
    [Alias("send")]
    Task Send(SmsNotice notice);
}

/// <param name="Id">The sender's own, stable over repeats.</param>
/// <param name="Kind">Which template.</param>
/// <param name="Value">What the template's one variable says; nothing personal.</param>
/// <param name="Until">From then on it is not worth sending any more.</param>
[GenerateSerializer, Immutable, Alias("bzt.SmsNotice")]
public sealed record SmsNotice(
    [property: Id(0)] string Id, [property: Id(1)] SmsNoticeKind Kind, [property: Id(2)] string Value, [property: Id(3)] DateTimeOffset Until);

/// <summary>Stored and sent by value; values are never reused.</summary>
public enum SmsNoticeKind
{
    PinResetAsked = 0,
}
