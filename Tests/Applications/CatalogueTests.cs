using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Applications.Catalogue;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bzt.Tests.Applications;

[Trait("Feature", "M029"), Trait("Surface", "api")]
public sealed class CatalogueTests
{
    private static readonly string Shipped = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "catalogue.json"));

    [Fact]
    public void The_shipped_catalogue_is_the_manuals()
    {
        Assert.True(CatalogueFile.TryParse(Shipped, out var catalogue, out _));
        var province = Assert.Single(catalogue.Provinces);
        Assert.Equal("湖北省", province.Name);
        Assert.Equal(
            ["宜昌公共资源电子交易平台", "荆州公共资源交易中心", "荆门市公共资源电子交易平台", "恩施州公共资源交易平台", "宜昌交通旅游产业发展集团有限公司招标采购平台"],
            province.Platforms.Select(platform => platform.Name));
        Assert.All(province.Platforms, platform => Assert.Equal(["宜昌数字认证中心", "湖北CA"], platform.CertificateAuthorities.Select(ca => ca.Name)));
        Assert.Single(province.Platforms.Select(platform => platform.RecognitionGroup).Distinct());
    }

    [Theory]
    [InlineData("\"feeFen\": 30000", "\"feeFen\": -1", "a fee is 0 to")]
    [InlineData("\"years\": 2", "\"years\": 1", "two offers for 1 years")]
    [InlineData("[\"yichang-ca\", \"hubei-ca\"]", "[\"beijing-ca\"]", "beijing-ca is not among")]
    [InlineData("\"platformId\": \"jingzhou-ggzy\"", "\"platformId\": \"yichang-ggzy\"", "listed twice")]
    [InlineData("\"recognitionGroup\": \"hubei\"", "\"recognitionGroup\": \"Hubei\"", "recognition group")]
    [InlineData("\"name\": \"湖北省\"", "\"name\": \"\"", "without a name")]
    [InlineData("\"provinces\"", "\"province\"", "province")]
    [InlineData("\"feeFen\": 30000", "\"feeFen\": \"30000元\"", "feeFen")]
    [InlineData("{", "", "could not be converted")]
    public void A_fault_is_named(string good, string bad, string named)
    {
        var at = Shipped.IndexOf(good, StringComparison.Ordinal);
        Assert.True(at >= 0);
        var text = Shipped[..at] + bad + Shipped[(at + good.Length)..];
        Assert.False(CatalogueFile.TryParse(text, out _, out var faults));
        Assert.Contains(faults, fault => fault.Contains(named, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"feeFen\": 56000", "\"feeFen\": -1", 8, "certificateAuthorities[0].offers[1].feeFen")]
    [InlineData("\"years\": 3", "\"years\": 30", 9, "certificateAuthorities[0].offers[2].years")]
    [InlineData("\"name\": \"恩施州公共资源交易平台\"", "\"name\": \"\"", 48, "provinces[0].platforms[3].name")]
    [InlineData("\"hubei-ca\"]", "\"hebei-ca\"]", 32, "provinces[0].platforms[0].certificateAuthorities[1]")]
    [InlineData("\"feeFen\": 56000", "\"feeFen\": \"viel\"", 8, "certificateAuthorities[0].offers[1].feeFen")]
    [InlineData("\"platformId\": \"jingmen-ggzy\"", "\"platformId\": \"enshi-ggzy\"", 47, "provinces[0].platforms[3].platformId")]
    public void A_fault_is_on_its_line_and_in_its_field(string good, string bad, int line, string field)
    {
        var at = Shipped.IndexOf(good, StringComparison.Ordinal);
        Assert.True(at >= 0);
        Assert.False(CatalogueFile.TryParse(Shipped[..at] + bad + Shipped[(at + good.Length)..], out _, out var faults));
        Assert.StartsWith($"line {line}, {field}: ", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_told_in_the_order_of_the_file()
    {
        var text = Shipped.Replace("\"feeFen\": 80000", "\"feeFen\": -5", StringComparison.Ordinal).Replace("湖北省", " ", StringComparison.Ordinal);
        Assert.False(CatalogueFile.TryParse(text, out _, out var faults));
        Assert.Equal(3, faults.Count);
        Assert.Equal(faults.OrderBy(fault => int.Parse(fault[5..fault.IndexOf(',', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture)), faults);
    }

    [Fact]
    public void A_changed_file_is_read_again_and_a_bad_one_is_not_used()
    {
        using var folder = new TempFolder();
        var path = folder.File("catalogue.json");
        File.WriteAllText(path, Shipped);
        var source = new CatalogueSource(path, NullLogger<CatalogueSource>.Instance);
        Assert.Equal(30000, FeeOf(source));

        // Another length each time: two writes may fall into one tick of the file system's clock.
        File.WriteAllText(path, Shipped.Replace("30000", "45000  ", StringComparison.Ordinal));
        Assert.Equal(45000, FeeOf(source));

        File.WriteAllText(path, "{ not json");
        Assert.Equal(45000, FeeOf(source));
        Assert.StartsWith("line 1, ", Assert.Single(source.Status.Faults), StringComparison.Ordinal);

        File.Delete(path);
        Assert.Equal(45000, FeeOf(source));
        Assert.Single(source.Status.Faults);

        File.WriteAllText(path, Shipped.Replace("30000", "0", StringComparison.Ordinal));
        Assert.Equal(0, FeeOf(source));
        Assert.Empty(source.Status.Faults);
    }

    [Fact]
    public void Nothing_starts_on_a_bad_file()
    {
        using var folder = new TempFolder();
        var path = folder.File("catalogue.json");
        File.WriteAllText(path, Shipped.Replace("hubei-ca\"]", "hebei-ca\"]", StringComparison.Ordinal));
        var refusal = Assert.Throws<InvalidDataException>(() => new CatalogueSource(path, NullLogger<CatalogueSource>.Instance));
        Assert.Contains("hebei-ca is not among", refusal.Message, StringComparison.Ordinal);
    }

    private static int? FeeOf(CatalogueSource source) =>
        ChosenOffer.Find(source.Current, new PlatformId("enshi-ggzy"), new CaId("hubei-ca"), 1)?.FeeFen;
}
