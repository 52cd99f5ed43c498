using Bzt.Contracts.Phone;
using Bzt.Simulators;

namespace Bzt.Tests.Seals;

/// <summary>The stamped form that the simulators hand out, for whoever tries the system without a printer and a stamp.</summary>
public sealed class SamplePhotoTests
{
    /// <summary>With <c>BZT_SAMPLES=Simulators/Pages</c> the photo is taken anew.</summary>
    [Fact]
    public async Task The_simulators_stamped_form_gives_its_three_seals()
    {
        if (Environment.GetEnvironmentVariable("BZT_SAMPLES") is { Length: > 0 } folder)
        {
            using var paper = new SyntheticPaper(blue: true);
            await File.WriteAllBytesAsync(Path.Combine(folder, "stamped-form.jpg"), new Shot { Turn = -2, Slant = 0.03f, Shadow = 0.15f, Noise = 1, Quality = 70 }.Take(paper), TestContext.Current.CancellationToken);
        }

        await using var resource = typeof(SimulatorsHost).Assembly.GetManifestResourceStream("stamped-form.jpg")!;
        var photo = new byte[resource.Length];
        await resource.ReadExactlyAsync(photo, TestContext.Current.CancellationToken);
        var extracted = await CutOuts.ExtractAsync(photo);
        Assert.True(extracted.MarksFound);
        Assert.All((SealKind[])[SealKind.Enterprise, SealKind.LegalRepresentative, SealKind.Signature], kind => Assert.NotNull(extracted.Of(kind).Picture));
    }
}
