using Bzt.Grains.Applications;
using Bzt.Grains.Foundations;
using Bzt.Grains.Seals;

namespace Bzt.Grains.Retention;

// Blobs that nobody names: uploads that were never handed in with an application, papers whose application is gone, what a crash left.
public sealed partial class RetentionGrain
{
    /// <summary>Seals were given up with their form in this pass: their pictures are looked at in another one.</summary>
    private bool sealsGone;

    /// <summary>What the owner names whose blobs are looked at.</summary>
    private PapersOf? papers;

    private async Task EndBlobsAsync(DateTimeOffset now)
    {
        do
        {
            (sealsGone, papers) = (false, null);
            await PagesAsync<WaitingBlob>(after => blobs.WaitingAsync(now.AddDays(-options.Value.UploadDays), after, PageSize), EndAsync);
        }
        while (sealsGone);
    }

    /// <summary>What is put, renewed or released between the question and the answer waits anew, whatever the answer is.</summary>
    private async Task EndAsync(WaitingBlob blob)
    {
        switch (await IsNamedAsync(blob))
        {
            case true:
                await blobs.SettleAsync(blob);
                break;
            case false when await blobs.EndAsync(blob):
                rows++;
                break;
        }
    }

    /// <summary>Null: that is just changing, and the next round asks again.</summary>
    private async Task<bool?> IsNamedAsync(WaitingBlob blob) => blob.Owner.Split('/') switch
    {
        ["user", var user] => await IsNamedAsync(blob, new UserId(Guid.Parse(user))),
        ["application", var application] =>
            await GrainFactory.Application(new ApplicationId(Guid.Parse(application))).GetPapers() is { } named && named.Letters.Contains(blob.Id.Value),
        ["enterprise", var code] => await GrainFactory.EnterpriseSeals(new CreditCode(code)).Names(blob.Id.Value),
        _ => throw new InvalidOperationException("A blob whose owner nobody knows how to ask."),
    };

    private async Task<bool?> IsNamedAsync(WaitingBlob blob, UserId user)
    {
        // They come owner by owner. What one names afterwards he has put or renewed before: the answer may be that old.
        papers = papers?.Owner == user ? papers : await PapersAsync(blob.Owner, user);
        if (papers.Uploads.Contains(blob.Id.Value) || papers.Seals.Values.Any(seals => seals.Contains(blob.Id.Value)))
        {
            return true;
        }

        // If it is a form that nobody handed in, or whose application is gone, its seals end with it.
        if (!await GrainFactory.SealSet(SealSetIds.Of(user, blob.Id.Value)).Erase(blob.Id.Value, blob.Since))
        {
            return null;
        }

        sealsGone |= papers.Seals.Remove(blob.Id.Value);
        return false;
    }

    private async Task<PapersOf> PapersAsync(string owner, UserId user)
    {
        // 1. Uploads of applications: of his own, since what is handed in for another (新增授权) takes none.
        PapersOf found = new(user, [], []);
        foreach (var application in await ApplicationsAsync(user, enterprise: null))
        {
            if (await GrainFactory.Application(application).GetPapers() is { } handedIn && handedIn.Submitter == user)
            {
                found.Uploads.UnionWith(handedIn.Uploads);
            }
        }

        // 2. Seals, cut out of forms that are among these, or wait themselves.
        foreach (var form in found.Uploads.Union((await blobs.WaitingOfAsync(owner)).Select(waiting => waiting.Value)))
        {
            if (await SealsAsync(user, form) is { } seals)
            {
                found.Seals[form] = [.. seals.Seals.Select(seal => seal.BlobId).OfType<string>()];
            }
        }

        return found;
    }

    private async Task<SealSetView?> SealsAsync(UserId user, string form) => (await GrainFactory.SealSet(SealSetIds.Of(user, form)).GetView(user) as Done<SealSetView>)?.Value;

    /// <param name="Seals">Pictures by the form they were cut out of.</param>
    private sealed record PapersOf(UserId Owner, HashSet<string> Uploads, Dictionary<string, HashSet<string>> Seals);
}
