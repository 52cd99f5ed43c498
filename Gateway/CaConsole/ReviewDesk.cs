using Bzt.Gateway.Applications;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.CaVendors;
using Bzt.Protocol.Forms;

namespace Bzt.Gateway.CaConsole;

/// <summary>One application on the desk of one CA.</summary>
public sealed record DeskItem(AuthorityView Ca, CaDeskEntry Entry);

/// <summary>An application with everything a reviewer decides by.</summary>
public sealed record DeskDossier(AuthorityView Ca, CaDeskFile File, ReviewedPersons Persons);

/// <summary>The desks of all CAs of the catalogue.</summary>
internal sealed class ReviewDesk(IGrainFactory grains)
{
    public const int LongestReason = 200;

    /// <summary>As it was typed, or pasted out of a table.</summary>
    public static string Reason(string? typed) => typed?.Replace('\t', ' ').Trim() ?? "";

    /// <summary>The applicant sees a reason as it is written, in several lines perhaps. Null when it may stand.</summary>
    public static string? FaultIn(string reason) =>
        reason.Length is < 2 or > LongestReason ? $"请填写驳回原因，2至{LongestReason}字。申请人会看到它。"
        : reason.Split('\r', '\n').All(VisibleText.Is) ? null
        : "驳回原因含有不可见或改变显示顺序的字符，请删除后重试。";

    public async Task<IReadOnlyList<DeskItem>> GetAsync()
    {
        var desks = await Task.WhenAll((await grains.Catalogue().Get()).CertificateAuthorities.Select(async ca =>
            (await grains.CaAdapter(ca.Ca).GetDesk()).Select(entry => new DeskItem(ca, entry))));
        return [.. desks.SelectMany(desk => desk).OrderBy(item => item.Entry.SubmittedAt)];
    }

    /// <summary>Null when it is not, or no longer, on the desk. The look is audited before anything is shown.</summary>
    public async Task<DeskDossier?> InspectAsync(string ca, string number, string reviewer)
    {
        if (await AuthorityAsync(ca) is not { } authority
            || await grains.CaAdapter(authority.Ca).Inspect(number, reviewer) is not Done<CaDeskFile>(var file)
            || await grains.Application(file.Origin).GetForReview(number) is not Done<ReviewedPersons>(var persons))
        {
            return null;
        }

        return new DeskDossier(authority, file, persons);
    }

    /// <summary>Owner and id of an upload, or of the letter, of an application on the desk.</summary>
    public async Task<(string Owner, string BlobId)?> FindFileAsync(string ca, string number, string which)
    {
        if (await AuthorityAsync(ca) is not { } authority || await grains.CaAdapter(authority.Ca).GetFile(number) is not Done<CaDeskFile>({ Origin: var origin, File: var file }))
        {
            return null;
        }

        return which switch
        {
            "licence" when file.LicenceBlobId is { } licence => (UploadedFile.OwnerOf(file.Applicant), licence),
            "form" when file.FormBlobId is { } form => (UploadedFile.OwnerOf(file.Applicant), form),
            "letter" when file.Letter is { } letter => ($"application/{origin}", letter.BlobId),
            _ => null,
        };
    }

    /// <param name="reason">Null approves.</param>
    public async Task<Reply<Nothing>> DecideAsync(string ca, string number, string reviewer, string? reason) =>
        await AuthorityAsync(ca) is { } authority
            ? await grains.CaAdapter(authority.Ca).Decide(new CaDecision(number, reviewer, reason))
            : new Refusal(RefusalCode.NotFound);

    public async Task<IReadOnlyList<(AuthorityView Ca, CaAuditRecord Record)>> AuditAsync(int atMost)
    {
        var audits = await Task.WhenAll((await grains.Catalogue().Get()).CertificateAuthorities.Select(async ca =>
            (await grains.CaAdapter(ca.Ca).GetAudit(atMost)).Select(record => (ca, record))));
        return [.. audits.SelectMany(audit => audit).OrderByDescending(entry => entry.record.At).Take(atMost)];
    }

    public async Task<IReadOnlyList<string>> AuthoritiesAsync() => [.. (await grains.Catalogue().Get()).CertificateAuthorities.Select(authority => authority.Ca.Value)];

    private async Task<AuthorityView?> AuthorityAsync(string ca) =>
        (await grains.Catalogue().Get()).CertificateAuthorities.FirstOrDefault(authority => authority.Ca.Value == ca);
}
