using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

// The enterprise the user looks at, of those he belongs to, and what waits for him there.
public sealed partial class PhoneApp
{
    private string? chosenEnterprise;

    /// <summary>The one chosen; without a choice the one he administers, or the first.</summary>
    public MembershipInfo? Enterprise =>
        Me?.Enterprises.FirstOrDefault(membership => membership.CreditCode == chosenEnterprise)
        ?? Me?.Enterprises.FirstOrDefault(membership => membership.Role == MemberRole.Administrator)
        ?? (Me?.Enterprises is [var first, ..] ? first : null);

    /// <summary>What waits for the administrator of <see cref="Enterprise"/>.</summary>
    public IReadOnlyList<ApplicationInfo> Requests { get; private set; } = [];

    /// <summary>Invitations that wait for an answer.</summary>
    public IReadOnlyList<InvitationInfo> OpenInvitations { get; private set; } = [];

    public MemberRole? RoleAt(string creditCode) => Me?.Enterprises.FirstOrDefault(membership => membership.CreditCode == creditCode)?.Role;

    public string PlatformName(string platformId) =>
        Catalogue?.Provinces.SelectMany(province => province.Platforms).FirstOrDefault(platform => platform.PlatformId == platformId)?.Name ?? platformId;

    public string AuthorityName(string caId) =>
        Catalogue?.Provinces.SelectMany(province => province.Platforms).SelectMany(platform => platform.CertificateAuthorities)
            .FirstOrDefault(authority => authority.CaId == caId)?.Name ?? Texts.Applications.Authority;

    /// <summary>Bids encrypted to the user's certificates of that enterprise, whose opening is still to come.</summary>
    public async Task<IReadOnlyList<UnopenedBidInfo>> GetUnopenedBidsAsync(string creditCode)
    {
        if (Certificates is null)
        {
            await LoadCertificatesAsync();
        }

        var found = new List<UnopenedBidInfo>();
        foreach (var certificate in (Certificates ?? []).Where(certificate => certificate.CreditCode == creditCode && certificate.EncryptionSerial is not null))
        {
            found.AddRange(await Client.GetUnopenedBidsAsync(certificate.CertificateId));
        }

        return found;
    }

    public async Task ChooseEnterpriseAsync(string creditCode)
    {
        chosenEnterprise = creditCode;
        await records.WriteEnterpriseAsync(creditCode);
        Requests = [];
        Tell();
        await LoadEnterpriseAsync();
    }

    public async Task LoadEnterpriseAsync()
    {
        if (Me is not { RealName: not null, Limited: false })
        {
            return;
        }

        chosenEnterprise ??= await records.ReadEnterpriseAsync();
        await LoadAsync(async () =>
        {
            OpenInvitations = [.. (await Client.GetInvitationsAsync()).Where(invitation => invitation.State == InvitationState.Open)];
            Requests = Enterprise is { Role: MemberRole.Administrator } mine
                ? [.. (await Client.GetEnterpriseApplicationsAsync(mine.CreditCode)).Where(IsAdministratorsTurn)]
                : [];
        });
    }

    /// <summary>Who the user is, and what waits for him where he is it.</summary>
    public async Task LoadPlaceAsync()
    {
        await LoadMeAsync();
        await LoadEnterpriseAsync();
    }

    /// <summary>Roles follow what was decided at the enterprise within a second or two; when they take longer, a message wakes the phone.</summary>
    public async Task AwaitRoleAsync(string creditCode, MemberRole role)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            await LoadMeAsync();
            if (RoleAt(creditCode) == role || IsOffline)
            {
                break;
            }

            await Task.Delay(500);
        }

        await LoadEnterpriseAsync();
    }

    /// <summary>A first certificate makes its holder a member, a moment after it is active.</summary>
    public async Task AwaitMembershipAsync(string creditCode)
    {
        for (var tries = 0; tries < 30 && creditCode.Length > 0 && Phase == AppPhase.Ready && RoleAt(creditCode) is null; tries++)
        {
            await Task.Delay(1000);
            await LoadMeAsync();
        }
    }

    private static bool IsAdministratorsTurn(ApplicationInfo application) =>
        application.State is ApplicationState.AdministratorReview or ApplicationState.SealDue or ApplicationState.LetterSealed;
}
