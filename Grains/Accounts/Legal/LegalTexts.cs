using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Bzt.Contracts.Phone;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Accounts.Legal;

/// <summary>Section <c>Legal</c>.</summary>
public sealed class LegalOptions
{
    public const string Section = "Legal";

    /// <summary>The operator's own texts, named as the shipped ones are; one that is not there is the shipped one. Read at start.</summary>
    public string? Folder { get; set; }
}

/// <summary>The texts users agree to, in the version that is in force. A new version is asked for at the next login.</summary>
public sealed class LegalTexts
{
    private static readonly (LegalDocument Document, string File)[] Files =
    [
        (LegalDocument.UserAgreement, "user-agreement.txt"),
        (LegalDocument.PrivacyPolicy, "privacy-policy.txt"),
        (LegalDocument.FaceData, "face-data.txt"),
    ];

    public LegalTexts(IOptions<LegalOptions> options)
    {
        var folder = options.Value.Folder;
        if (folder is not null && !Directory.Exists(folder))
        {
            throw new ValidationException($"{LegalOptions.Section}:{nameof(LegalOptions.Folder)}: there is no folder {folder}.");
        }

        All = [.. Files.Select(file => Read(file.Document, file.File, folder))];
    }

    public ImmutableArray<LegalTextView> All { get; }

    public string VersionOf(LegalDocument document) => All.Single(text => text.Document == document).Version;

    private static LegalTextView Read(LegalDocument document, string file, string? folder)
    {
        var own = folder is null ? null : Path.Combine(folder, file);
        using var stream = own is not null && File.Exists(own) ? File.OpenRead(own) : typeof(LegalTexts).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"{file} is not in the assembly.");
        using var reader = new StreamReader(stream);
        var (version, date, title) = (Field("版本"), Field("日期"), Field("标题"));
        return new LegalTextView(document, version, DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture), title, reader.ReadToEnd().Trim());

        string Field(string name) => reader.ReadLine() is { } line && line.StartsWith(name + "：", StringComparison.Ordinal) && line.Length > name.Length + 1
            ? line[(name.Length + 1)..].Trim()
            : throw new ValidationException($"{own ?? file}: the first three lines are 版本：, 日期：, 标题：.");
    }
}
