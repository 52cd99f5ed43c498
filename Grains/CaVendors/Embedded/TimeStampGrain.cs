using System.Numerics;
using Bzt.Protocol;
using Bzt.Protocol.TimeStamps;
using Orleans.Concurrency;

namespace Bzt.Grains.CaVendors.Embedded;

/// <inheritdoc cref="ITimeStampGrain"/>
[GrainType("time-stamp"), StatelessWorker]
public sealed class TimeStampGrain(CaVendorDirectory vendors, TimeProvider time) : Grain, ITimeStampGrain
{
    /// <summary>The policy of this authority: SM3 only, the silo's clock, to the second. From a UUID (X.667), so nobody else has it.</summary>
    public const string Policy = "2.25.45664319487369297877590121127788326313";

    /// <summary>Far below what is left of a certificate when it is renewed.</summary>
    private static readonly TimeSpan KeepsKey = TimeSpan.FromMinutes(10);

    private (CaServiceKey Key, DateTimeOffset Since)? kept;

    public async Task<Reply<byte[]>> Answer(byte[] request)
    {
        if (vendors.ForServices is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (TimeStampQuery.TryParse(request, out var why) is not { } query)
        {
            return TimeStampReply.Rejected(why);
        }

        if (query.Policy is not (null or Policy))
        {
            return TimeStampReply.Rejected(TimeStampFailure.UnacceptedPolicy);
        }

        var key = await Key(ca);
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var serial = new byte[16];
        SystemRandom.Instance.Fill(serial);
        var info = new TimeStampInfo(Policy, query.Digest, new BigInteger(serial, isUnsigned: true), now, query.Nonce);
        var rules = vendors.Embedded(ca);
        return TimeStampReply.Granted(TimeStampToken.Create(
            info, key.Key.Certificate, query.WantsCertificates ? [key.Key.Certificate, .. key.Chain] : [], message => rules.SignAs(CaService.TimeStamping, key, message)));
    }

    private async Task<CaServiceKey> Key(CaId ca)
    {
        if (kept is not { } known || known.Key.Id != ca || time.GetUtcNow() - known.Since > KeepsKey)
        {
            kept = known = (await GrainFactory.CaAuthority(ca).GetService(CaService.TimeStamping), time.GetUtcNow());
        }

        return known.Key;
    }
}
