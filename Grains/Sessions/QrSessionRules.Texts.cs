using Bzt.Protocol.Forms;

namespace Bzt.Grains.Sessions;

// What the signer reads of others' words.
internal static partial class QrSessionRules
{
    /// <summary>Null when every text that a phone shows of this request is what it looks like.</summary>
    private static Refusal? CheckTexts(CreateSession command) => Texts(command).All(VisibleText.Is) ? null : new Refusal(RefusalCode.InvisibleCharacters);

    private static IEnumerable<string> Texts(CreateSession command) =>
    [
        .. command.Project is { } project ? (string[])[project.ProjectId, project.Name] : [],
        .. command.Enterprise is { } enterprise ? (string[])[enterprise.Name] : [],
        .. command.Withdrawal is { } seal ? (string[])[seal.Reason, seal.DocumentName, seal.Signer] : [],
        .. command.Decryption?.Keys.Select(key => key.Name) ?? [],
        .. command.Documents.SelectMany(document => Texts(Decode(document))),
    ];

    /// <summary>Of one that does not decode there is nothing to read; it is refused for that.</summary>
    private static IEnumerable<string> Texts(SigningForm? form) => form switch
    {
        IDocumentForm document => [document.DocumentName],
        BidManifestForm manifest => [manifest.ProjectId, manifest.ProjectName, .. manifest.Sections.Select(section => section.Name), .. manifest.Recipients],
        HashOnlyForm hash => [hash.Label],
        _ => [],
    };
}
