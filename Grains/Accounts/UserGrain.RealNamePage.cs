using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Accounts.Legal;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.RealNames;
using LegalDocument = Bzt.Contracts.Phone.LegalDocument;

namespace Bzt.Grains.Accounts;

// The ways that lead over a provider's page. An operation belongs to the device that began it; for all others it is not there.
public sealed partial class UserGrain
{
    private const int StateBytes = 16;

    // When a check's provider may be asked again. Only a courtesy to the provider: a new activation knows nothing of it.
    private readonly Dictionary<Guid, DateTimeOffset> askAgainAt = [];

    public Task<IReadOnlyList<RealNameWay>> GetRealNameWays() =>
        Task.FromResult<IReadOnlyList<RealNameWay>>([.. bankCards.IsOffered ? [RealNameWay.BankCard] : Array.Empty<RealNameWay>(), .. pages.Where(page => page.IsOffered).Select(page => page.Way).Order()]);

    public async Task<Reply<RealNameCheck>> ProveOnPage(ProveOnPage command)
    {
        // 1. Identify: an operation seen before, an identity that cannot be, a way that is not open.
        var now = time.GetUtcNow();
        var inputHash = protector.KeyedHash("real-name-input", string.Join('\n', command.Way, command.Device.Value, command.Name, command.IdNumber));
        var idNumberHash = protector.KeyedHash("id-number", command.IdNumber);
        var known = RealNameRules.Find(durable, command.Operation);
        if (RealNameRules.Before(durable, command.Operation, inputHash, command.IdNumber, idNumberHash, now) is { } decided)
        {
            return known?.InputHash == inputHash ? ShowCheck(known, now) : Refuse(decided.Refusal!.Value);
        }

        if (known?.Page is not null)
        {
            return ShowCheck(known, now);
        }

        var faceConsent = command.Way is RealNameWay.Face ? texts.VersionOf(LegalDocument.FaceData) : null;
        if (LacksConsent(command.Way))
        {
            return new Refusal(RefusalCode.ConsentRequired);
        }

        if (pages.FirstOrDefault(page => page.Way == command.Way && page.IsOffered) is not { } provider)
        {
            return new Refusal(RefusalCode.RealNameWayClosed);
        }

        // 2. Count the try before the provider is asked.
        if (await BeginAsync(new RealNameOperation(command.Operation, inputHash, null, command.Way, command.Device.Value), now) is { } limited)
        {
            return limited;
        }

        // 3. Ask for a page. A page whose address was lost with a crash is seen by nobody, and costs nothing: the request is a new one.
        var state = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(StateBytes));
        var started = await AskAsync(
            giveUp => provider.BeginAsync(command.Name, command.IdNumber, RandomNumberGenerator.GetHexString(32, lowercase: true), WithState(command.ReturnUrl, state), giveUp),
            reason => new HostedCheckStart.Unavailable(reason));
        if (started is not HostedCheckStart.Ok(var check))
        {
            var verdict = started is HostedCheckStart.Refused(var code, _) ? RealNameRules.Read(code) : new RealNameVerdict.Unknown();
            Tell(verdict, command.Way, (started as HostedCheckStart.Refused)?.ProviderCode ?? (started as HostedCheckStart.Unavailable)?.Reason);
            await WriteAsync(RealNameRules.Settle(durable, command.Operation, verdict, now));
            return Refuse(RealNameRules.Find(durable, command.Operation)?.Outcome?.Refusal ?? RefusalCode.ProviderUnavailable);
        }

        // 4. Decide: this operation is that check.
        await WriteAsync(RealNameRules.Wait(durable, command.Operation, new PageProof(
            check.Reference, check.Page, HashOf(state),
            personalData.Seal(Person, durable.PersonKey!, "name", command.Name),
            personalData.Seal(Person, durable.PersonKey!, "id-number", command.IdNumber),
            idNumberHash, now + RealNameRules.PageLifetime, faceConsent, Returned: false)));
        return ShowCheck(RealNameRules.Find(durable, command.Operation)!, now);
    }

    public Task<Reply<RealNameCheck>> GetRealNameCheck(DeviceId device, Guid operation) => FollowAsync(device, operation, state: null);

    public Task<Reply<RealNameCheck>> ReturnFromPage(DeviceId device, Guid operation, string state) => FollowAsync(device, operation, state);

    public async Task<Reply<RealNameCheck>> CancelRealName(DeviceId device, Guid operation)
    {
        if (Own(device, operation) is not { } found)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (found.Outcome is null)
        {
            await WriteAsync(RealNameRules.End(durable, operation, RefusalCode.RealNameCancelled));
        }

        return ShowCheck(RealNameRules.Find(durable, operation)!, time.GetUtcNow());
    }

    private async Task<Reply<RealNameCheck>> FollowAsync(DeviceId device, Guid operation, string? state)
    {
        // 1. Identify.
        var now = time.GetUtcNow();
        if (Own(device, operation) is not { } found)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (state is not null && (found.Page is null || !CryptographicOperations.FixedTimeEquals(found.Page.StateHash, HashOf(state))))
        {
            return new Refusal(RefusalCode.RealNameReturnInvalid);
        }

        // A consent withdrawn meanwhile: nobody asks any more what the face was.
        if (found is { Outcome: null, Page: { } late } && (LacksConsent(found.Way) || RealNameRules.IsOver(late, now)))
        {
            await WriteAsync(RealNameRules.End(durable, operation, LacksConsent(found.Way) ? RefusalCode.ConsentRequired : RefusalCode.RealNameExpired));
            return ShowCheck(RealNameRules.Find(durable, operation)!, now);
        }

        // 2. Ask, when there is something to ask: at once for a person who comes back the first time, else not too often.
        var comesBack = state is not null && found.Page is { Returned: false };
        if (found is not { Outcome: null, Page: { } page } || !(comesBack || now >= askAgainAt.GetValueOrDefault(operation)))
        {
            return ShowCheck(found, now);
        }

        var provider = pages.First(known => known.Way == found.Way);
        var result = await AskAsync(giveUp => provider.QueryAsync(new HostedCheck(page.Reference, page.Address), giveUp), reason => new HostedCheckResult.Unavailable(reason));
        var verdict = RealNameRules.Read(result);
        Tell(verdict, provider.Way, (result as HostedCheckResult.Refused)?.ProviderCode ?? (result as HostedCheckResult.Unavailable)?.Reason);

        askAgainAt[operation] = now + (verdict is RealNameVerdict.Unknown ? RealNameRules.AskIntervalInTrouble : RealNameRules.AskInterval);

        // 3. Decide.
        var next = comesBack ? RealNameRules.Return(durable, operation) : durable;
        if (verdict is RealNameVerdict.Passed(var receipt))
        {
            var (name, idNumber) = (personalData.Open(Person, durable.PersonKey!, "name", page.Name!), personalData.Open(Person, durable.PersonKey!, "id-number", page.IdNumber!));
            await ProveAsync(operation, device, Seal(name, idNumber, page.IdNumberHash, found.Way!.Value, now, receipt, page.FaceConsent), now);
        }
        else if (RealNameRules.Settle(next, operation, verdict, now) is var settled && settled != durable)
        {
            await WriteAsync(settled);
        }

        var shown = RealNameRules.Find(durable, operation)!;
        if (shown.Outcome is not null)
        {
            askAgainAt.Remove(operation);
        }

        return ShowCheck(shown, now, providerAway: verdict is RealNameVerdict.Unknown);
    }

    private bool LacksConsent(RealNameWay? way) =>
        way is RealNameWay.Face && !ConsentRules.Has(durable, LegalDocument.FaceData, texts.VersionOf(LegalDocument.FaceData));

    private RealNameOperation? Own(DeviceId device, Guid operation) => RealNameRules.Find(durable, operation) is { } found && found.Device == device.Value ? found : null;

    private RealNameCheck ShowCheck(RealNameOperation operation, DateTimeOffset now, bool providerAway = false) => new(
        operation.Id,
        operation.Way!.Value,
        operation is { Outcome: null, Page: { } page } && now < page.ExpiresAt
            ? pages.First(provider => provider.Way == operation.Way).PageOf(new HostedCheck(page.Reference, page.Address))
            : null,
        operation.Page?.ExpiresAt,
        providerAway,
        operation.Outcome is { Refusal: null } ? Show(durable.RealName!) : null,
        operation.Outcome?.Refusal);

    private static Uri WithState(Uri returnUrl, string state) =>
        new UriBuilder(returnUrl) { Query = returnUrl.Query.Length > 1 ? $"{returnUrl.Query[1..]}&state={state}" : $"state={state}" }.Uri;

    private static byte[] HashOf(string state) => SHA256.HashData(Encoding.UTF8.GetBytes(state));
}
