using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;

namespace Bzt.Gateway.Enterprises;

/// <summary>
/// 搜索企业 (M024): by a part of the name or the beginning of the credit code. Which enterprises that are is the projections' knowledge;
/// what each is now, its grain's.
/// </summary>
internal static class SearchEnterprises
{
    private const int PageSize = 20;
    private const int Shortest = 2;
    private const int Longest = 64;

    public static void Map(RouteGroupBuilder phones) => phones
        .MapGet(Routes.Phone.EnterpriseSearch, HandleAsync)
        .WithSummary("Searches enterprises by name or credit code")
        .WithDescription("At least two characters; enterprises that are claimed, or proven by a remittance.")
        .Refuses(429)
        .Produces<EnterprisePage>();

    private static async Task<IResult> HandleAsync(
        string text, Caller caller, IProjectionStore projections, IGrainFactory grains, SearchLimit limit, TimeProvider time, CancellationToken cancellation, string? after = null)
    {
        // As names and codes are stored: see EnterpriseNames.
        var wanted = text.Trim().Normalize().Replace('(', '（').Replace(')', '）');
        if (wanted.Length is < Shortest or > Longest || wanted.Any(char.IsControl))
        {
            return Invalid.Member("text");
        }

        if (after is { Length: > Longest } || after?.Any(char.IsControl) is true)
        {
            return Invalid.Member("after");
        }

        if (limit.Wait(caller.UserId) is { } wait)
        {
            return new ProblemResult(ErrorCodes.RateLimited) { RetryAt = time.GetUtcNow() + wait };
        }

        var page = await projections.SearchEnterprisesAsync(wanted.All(char.IsAsciiLetterOrDigit) ? wanted.ToUpperInvariant() : wanted, new PageRequest(PageSize, after), cancellation);
        var views = await Task.WhenAll(page.Items.Select(row => grains.Enterprise(new CreditCode(row.CreditCode)).GetView()));
        return Results.Json(new EnterprisePage([.. views.Select(FindEnterprise.ToContract)], page.Next), BztJson.Default.EnterprisePage);
    }
}
