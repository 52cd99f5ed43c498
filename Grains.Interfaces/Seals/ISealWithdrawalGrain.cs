namespace Bzt.Grains.Seals;

/// <summary>扫码撤章: the statement of a seal's owner that it is withdrawn, keyed by the seal and its owner. The first stays.</summary>
[Alias("bzt.ISealWithdrawal")]
public interface ISealWithdrawalGrain : IGrainWithStringKey
{
    /// <summary>From the session that signed it. A repeat changes nothing.</summary>
    [Alias("record")]
    Task Record(SealWithdrawal withdrawal);

    /// <summary>Null while the seal stands.</summary>
    [Alias("get")]
    Task<SealWithdrawal?> Get();
}

/// <param name="Session">That signed it: the certificate's evidence has it under this id.</param>
/// <param name="Platform">Where it was asked for.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Reason">As it was shown.</param>
/// <param name="ToBeSigned">The instruction.</param>
/// <param name="Signature">r‖s over it.</param>
/// <param name="SigningCertificate">DER.</param>
[GenerateSerializer, Immutable, Alias("bzt.SealWithdrawal")]
public sealed record SealWithdrawal(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] PlatformId Platform,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] string Reason,
    [property: Id(4)] byte[] ToBeSigned,
    [property: Id(5)] byte[] Signature,
    [property: Id(6)] byte[] SigningCertificate);
