using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Contracts.Phone;

// Rounds with the silo: the sealed channel to a certificate's grain, and what becomes of a step whose answer is lost.
public sealed partial class PhoneClient
{
    private Point? clusterKey;

    private async Task<PhoneKey> OpenKeyAsync(Guid certificateId, CancellationToken cancellation)
    {
        var account = RequireLogin();
        var keyId = certificateId.ToString("D");
        var deviceId = account.DeviceId.ToString("D");
        var path = Route(Routes.Phone.Exchange, "certificateId", certificateId);
        var link = new SealedPhoneLink(
            keyId, deviceId, await GetClusterKeyAsync(cancellation), data => http.DeviceKey.SignAsync(data), message => ExchangeAsync(path, message, cancellation), random);
        return new PhoneKey(keyId, deviceId, keys, link, random, sessionsOfKeys.GetOrAdd(certificateId, _ => new SealingPhones()));
    }

    /// <summary>One message through the gateway. The same octets may be sent again: the silo answers them once.</summary>
    private async ValueTask<byte[]> ExchangeAsync(string path, byte[] message, CancellationToken cancellation)
    {
        try
        {
            return await RepeatAsync(() => http.PostOctetsAsync(path, message, cancellation), cancellation);
        }
        catch (Exception exception) when (IsAway(exception))
        {
            throw new PhoneLinkException("The silo's answer was lost.", exception);
        }
        catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.ChannelRejected)
        {
            // The channel is gone, with the activation that held it; or the cluster has new keys.
            clusterKey = null;
            throw new PhoneLinkException("The channel is not open any more.", refused);
        }
    }

    private async Task<Point> GetClusterKeyAsync(CancellationToken cancellation)
    {
        if (clusterKey is { } known)
        {
            return known;
        }

        var octets = await RepeatAsync(() => http.GetOctetsAsync(Routes.Phone.ChannelKeys, cancellation), cancellation);
        if (!Point.TryDecode(trust.ChannelRoot, out var root) || !ClusterKeyList.TryVerify(octets, root, out var list))
        {
            throw new InvalidDataException("The channel keys are not signed by the root this phone was built with.");
        }

        if (!await keys.FollowAsync(root, list!))
        {
            throw new InvalidDataException("The channel keys are older than those this phone has had.");
        }

        clusterKey = list!.Current;
        return list.Current;
    }

    /// <summary>
    /// A PIN-proved step that survives lost answers: what became of the attempt is asked for, and only a void one is made again,
    /// with the same content and without asking the user, for as long as the PIN is held.
    /// </summary>
    private async Task<SiloAnswer> ProveAsync(PhoneKey key, string pin, Func<StretchedPin, ValueTask<SiloAnswer>> step, CancellationToken cancellation)
    {
        using var held = await HoldAsync(key, pin);
        return await ProveAsync(key, held, step, cancellation);
    }

    private async Task<HeldPin> HoldAsync(PhoneKey key, string pin)
    {
        var record = await key.ReadAsync() ?? throw new InvalidOperationException("There is no key on this phone.");
        return new HeldPin(await stretcher.StretchAsync(record.Stretch, pin), time);
    }

    private async Task<HeldPin> HoldNewAsync(string pin) => new(await stretcher.StretchAsync(PinStretch.Create(random, StretchRounds), pin), time);

    private async Task<SiloAnswer> ProveAsync(PhoneKey key, HeldPin pin, Func<StretchedPin, ValueTask<SiloAnswer>> step, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await pin.UseAsync(step);
            }
            catch (PhoneLinkException) when (attempt < Tries && !pin.IsOver)
            {
                await Task.Delay(Pause(attempt), time, cancellation);
            }

            if (await RepeatLostAsync(key.ResumeAsync, cancellation) is { } outcome and not Voided)
            {
                return outcome;
            }
        }
    }

    private async Task<T> RepeatLostAsync<T>(Func<ValueTask<T>> step, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await step();
            }
            catch (PhoneLinkException) when (attempt < Tries)
            {
                await Task.Delay(Pause(attempt), time, cancellation);
            }
        }
    }
}
