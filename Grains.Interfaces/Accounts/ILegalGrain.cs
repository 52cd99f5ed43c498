using Bzt.Contracts.Phone;

namespace Bzt.Grains.Accounts;

/// <summary>The texts in force, as the silos know them: it is they who judge a consent. Key: 0.</summary>
[Alias("bzt.ILegalGrain")]
public interface ILegalGrain : IGrainWithIntegerKey
{
    [Alias("GetTexts")]
    Task<IReadOnlyList<LegalTextView>> GetTexts();
}

/// <param name="Text">Chinese, paragraphs by line.</param>
[GenerateSerializer, Immutable, Alias("bzt.LegalTextView")]
public sealed record LegalTextView(
    [property: Id(0)] LegalDocument Document,
    [property: Id(1)] string Version,
    [property: Id(2)] DateOnly Date,
    [property: Id(3)] string Title,
    [property: Id(4)] string Text);

/// <param name="Version">The version whose text the user saw.</param>
[GenerateSerializer, Immutable, Alias("bzt.ConsentGiven")]
public sealed record ConsentGiven([property: Id(0)] LegalDocument Document, [property: Id(1)] string Version);
