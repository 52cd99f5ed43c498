namespace Bzt.Grains.CaVendors;

/// <summary>Our time-stamp authority (RFC 3161). As many as there are requests.</summary>
[Alias("bzt.ITimeStamp")]
public interface ITimeStampGrain : IGrainWithIntegerKey
{
    /// <summary>The response, DER; of a refusal too. <see cref="RefusalCode.NotFound"/> where no CA runs inside that could certify it.</summary>
    /// <param name="request">TimeStampReq, DER.</param>
    [Alias("answer")]
    Task<Reply<byte[]>> Answer(byte[] request);
}
