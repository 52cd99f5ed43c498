using Bzt.Contracts.Phone;
using Bzt.Grains.Seals;
using SkiaSharp;

namespace Bzt.Tests.Seals;

/// <summary>Photos as phones take them, over a grid of conditions; how well what is cut out covers what was stamped is measured.</summary>
public sealed class ExtractionTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Shot> Good = new()
    {
        ["a scanner"] = new() { Noise = 0.5f, Blur = 0, Light = 1, Fill = 1, Quality = 95 },
        ["a steady hand"] = new(),
        ["a few degrees"] = new() { Turn = 6 },
        ["landscape"] = new() { Turn = 90 },
        ["upside down"] = new() { Turn = 183 },
        ["the other landscape"] = new() { Turn = 268 },
        ["from below"] = new() { Slant = 0.18f },
        ["slanted and turned"] = new() { Slant = 0.14f, Turn = -9 },
        ["a lamp"] = new() { Tint = (1, 0.86f, 0.62f), Noise = 5 },
        ["a window"] = new() { Tint = (0.86f, 0.94f, 1), Noise = 3 },
        ["a soft shadow"] = new() { Shadow = 0.5f, ShadowEdge = 900 },
        ["a sharp shadow"] = new() { Shadow = 0.45f, ShadowEdge = 30 },
        ["in the evening"] = new() { Light = 0.45f, Noise = 7, Tint = (1, 0.9f, 0.7f) },
        ["a noisy sensor"] = new() { Noise = 11 },
        ["a little out of focus"] = new() { Blur = 1.2f },
        ["from further away"] = new() { Fill = 0.7f },
        ["strongly compressed"] = new() { Quality = 45 },
        ["as the app sends it"] = new() { Width = 1800, Height = 2400, Quality = 85, Turn = 3, Slant = 0.06f, Tint = (1, 0.93f, 0.82f), Shadow = 0.25f, Noise = 4 },
        ["of twelve million pixels"] = new() { Width = 3024, Height = 4032, Turn = 2, Slant = 0.05f },
        ["a PNG"] = new() { Format = SKEncodedImageFormat.Png },
        ["everything at once"] = new() { Turn = 11, Slant = 0.12f, Tint = (1, 0.84f, 0.64f), Shadow = 0.35f, ShadowEdge = 60, Noise = 7, Blur = 0.9f, Quality = 70, Fill = 0.9f },
    };

    private static readonly SyntheticPaper Black = new(), Blue = new(blue: true);

    public static TheoryData<string> Conditions => [.. Good.Keys];

    [Theory]
    [InlineData("oval"), InlineData("solid"), InlineData("pale"), InlineData("over print")]
    public async Task Seals_of_other_kinds_are_cut_out_too(string kind)
    {
        using var paper = new SyntheticPaper(oval: kind == "oval", solid: kind == "solid", pale: kind == "pale", overText: kind == "over print");
        var extracted = await CutOuts.ExtractAsync(new Shot { Turn = -4, Slant = 0.05f, Tint = (1, 0.92f, 0.8f), Shadow = 0.25f, Noise = 4 }.Take(paper));
        foreach (var (seal, truth) in paper.Truth)
        {
            var cut = extracted.Of(seal);
            Assert.True(cut.Picture is not null, $"{kind}: {seal} {cut.Fault}");
            var overlap = CutOuts.Overlap(cut.Picture, truth);
            output.WriteLine($"{kind}: {seal} {overlap:F3}");
            Assert.True(overlap > 0.6, $"{kind}: {seal} {overlap:F3}");
        }
    }

    [Theory, MemberData(nameof(Conditions))]
    public async Task What_was_stamped_is_cut_out(string condition)
    {
        var paper = condition.Length % 2 == 0 ? Black : Blue;
        var extracted = await CutOuts.ExtractAsync(Good[condition].Take(paper));
        Assert.True(extracted.MarksFound);
        foreach (var (kind, truth) in paper.Truth)
        {
            var cut = extracted.Of(kind);
            Assert.True(cut.Picture is not null, $"{kind}: {cut.Fault}");
            var overlap = CutOuts.Overlap(cut.Picture, truth);
            output.WriteLine($"{condition}: {kind} {overlap:F3}, {cut.Picture.WidthMm} × {cut.Picture.HeightMm} mm, {cut.Picture.Png.Length} octets");
            Assert.True(overlap > 0.6, $"{condition}: {kind} {overlap:F3}");
            Assert.Equal(truth.WidthMm + 0.67, cut.Picture.WidthMm, 0.6);
            Assert.Equal(truth.HeightMm + 0.67, cut.Picture.HeightMm, 0.6);
        }
    }
}
