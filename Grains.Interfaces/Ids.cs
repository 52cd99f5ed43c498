namespace Bzt.Grains;

[GenerateSerializer, Immutable, Alias("bzt.UserId")]
public readonly record struct UserId([property: Id(0)] Guid Value)
{
    public static UserId New() => new(Guid.CreateVersion7());
    public override string ToString() => Value.ToString("D");
}

[GenerateSerializer, Immutable, Alias("bzt.DeviceId")]
public readonly record struct DeviceId([property: Id(0)] Guid Value)
{
    public static DeviceId New() => new(Guid.CreateVersion7());
    public override string ToString() => Value.ToString("D");
}

[GenerateSerializer, Immutable, Alias("bzt.ApplicationId")]
public readonly record struct ApplicationId([property: Id(0)] Guid Value)
{
    public override string ToString() => Value.ToString("D");
}

[GenerateSerializer, Immutable, Alias("bzt.CertificateId")]
public readonly record struct CertificateId([property: Id(0)] Guid Value)
{
    public override string ToString() => Value.ToString("D");
}

[GenerateSerializer, Immutable, Alias("bzt.SessionId")]
public readonly record struct SessionId([property: Id(0)] Guid Value)
{
    public override string ToString() => Value.ToString("D");
}

[GenerateSerializer, Immutable, Alias("bzt.BankCardId")]
public readonly record struct BankCardId([property: Id(0)] Guid Value)
{
    public override string ToString() => Value.ToString("D");
}

/// <summary>A sealing session (会话签章).</summary>
[GenerateSerializer, Immutable, Alias("bzt.SealingId")]
public readonly record struct SealingId([property: Id(0)] Guid Value)
{
    public override string ToString() => Value.ToString("D");
}

/// <summary>A bid opening.</summary>
[GenerateSerializer, Immutable, Alias("bzt.OpeningId")]
public readonly record struct OpeningId([property: Id(0)] Guid Value)
{
    public override string ToString() => Value.ToString("D");
}

[GenerateSerializer, Immutable, Alias("bzt.OrderId")]
public readonly record struct OrderId([property: Id(0)] Guid Value)
{
    public override string ToString() => Value.ToString("D");
}

/// <summary>A unified social credit code (GB 32100), 18 characters, check digit verified where it enters.</summary>
[GenerateSerializer, Immutable, Alias("bzt.CreditCode")]
public readonly record struct CreditCode([property: Id(0)] string Value)
{
    public override string ToString() => Value;
}

[GenerateSerializer, Immutable, Alias("bzt.PlatformId")]
public readonly record struct PlatformId([property: Id(0)] string Value)
{
    public override string ToString() => Value;
}

[GenerateSerializer, Immutable, Alias("bzt.CaId")]
public readonly record struct CaId([property: Id(0)] string Value)
{
    public override string ToString() => Value;
}
