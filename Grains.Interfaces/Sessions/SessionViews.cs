using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;

namespace Bzt.Grains.Sessions;

[GenerateSerializer, Immutable, Alias("bzt.SessionOpened")]
public sealed record SessionOpened([property: Id(0)] string Token, [property: Id(1)] byte[] Secret, [property: Id(2)] DateTimeOffset CreatedAt, [property: Id(3)] DateTimeOffset ExpiresAt);

[GenerateSerializer, Immutable, Alias("bzt.SessionView")]
public sealed record SessionView(
    [property: Id(0)] SessionKind Kind,
    [property: Id(1)] SessionState State,
    [property: Id(2)] SessionEnd? End,
    [property: Id(3)] SessionOutcome? Outcome,
    [property: Id(4)] DateTimeOffset ExpiresAt)
{
    /// <summary>Refused as not asked for by the holder.</summary>
    [Id(5)]
    public bool Disowned { get; init; }

    /// <summary>The sealing session its user asked for.</summary>
    [Id(20)]
    public SealingId? Sealing { get; init; }

    /// <summary>The outcome is withheld until the browser is back.</summary>
    [Id(30)]
    public bool AwaitsReturn { get; init; }
}

/// <param name="Code">From the dynamic link.</param>
[GenerateSerializer, Immutable, Alias("bzt.ScanSession")]
public sealed record ScanSession([property: Id(0)] UserId User, [property: Id(1)] DeviceId Device, [property: Id(2)] string Token, [property: Id(3)] long ElapsedSeconds, [property: Id(4)] string Code)
{
    /// <summary>By the device link, which does not age with the seconds.</summary>
    [Id(30)]
    public bool SameDevice { get; init; }
}

[GenerateSerializer, Immutable, Alias("bzt.PhoneSessionView")]
public sealed record PhoneSessionView(
    [property: Id(0)] SessionKind Kind,
    [property: Id(1)] SessionState State,
    [property: Id(2)] SessionEnd? End,
    [property: Id(3)] PlatformId Platform,
    [property: Id(4)] string PlatformName,
    [property: Id(5)] string RecognitionGroup,
    [property: Id(6)] SessionEnterprise? Enterprise,
    [property: Id(7)] SessionProject? Project,
    [property: Id(8)] DateTimeOffset ExpiresAt,
    [property: Id(9)] CreditCode? OnlyFor)
{
    /// <summary>When set, no other certificate may serve it.</summary>
    [Id(20)]
    public CertificateId? OnlyCertificate { get; init; }

    [Id(10)]
    public IReadOnlyList<SealKind> Seals { get; init; } = [];

    [Id(11)]
    public SealKind? Seal { get; init; }

    [Id(30)]
    public bool SameDevice { get; init; }

    /// <summary>Of the encryption certificates it is about: <see cref="SessionRecipients"/>.</summary>
    [Id(40)]
    public IReadOnlyList<string> EncryptionSerials { get; init; } = [];
}
