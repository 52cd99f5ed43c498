using System.Net;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>A signer is shown no other name than the one that is signed: what cannot be seen, or turns the order of letters, is refused before anybody scans.</summary>
public sealed class InvisibleCharacterTests
{
    [Fact]
    [Trait("Feature", "X04"), Trait("Surface", "api")]
    public async Task A_text_that_is_not_what_it_looks_like_opens_no_session()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        var project = new ProjectInfo("P-1", "滨江路", system.Clock.GetUtcNow().AddDays(1));
        foreach (var hidden in (string[])["\u202E", "\u202D", "\u2066", "\u2069", "\u200B", "\u200D", "\u200F", "\uFEFF", "\u00AD", "\u2028", "\u0007", "\u3164", "\U000E0041"])
        {
            var name = $"报价{hidden}fdp.exe";
            foreach (var request in (CreateSessionRequest[])
            [
                new(SessionKind.Seal) { Documents = [new(SigningForms.GmPdf, new GmPdfForm(name, new byte[32]).Content)] },
                RelyingParty.Login() with { Project = project with { Name = name } },
                RelyingParty.Bind(new EnterpriseInfo(name, "")),
            ])
            {
                var (status, body) = await party.PostSessionAsync(request, Guid.NewGuid().ToString());
                Assert.Equal((HttpStatusCode.UnprocessableEntity, ErrorCodes.InvisibleCharacters), (status, body.GetProperty("code").GetString()));
            }
        }

        // What names need: rare characters, their variants, other scripts.
        foreach (var name in (string[])["报价（1）—第2册.pdf", "𠮷野家.pdf", "葛\U000E0100城.pdf", "Angebot für Ürümqi.pdf", "ئۈرۈمچى.pdf"])
        {
            var (status, _) = await party.PostSessionAsync(new(SessionKind.Seal) { Documents = [new(SigningForms.GmPdf, new GmPdfForm(name, new byte[32]).Content)] }, Guid.NewGuid().ToString());
            Assert.Equal(HttpStatusCode.Created, status);
        }
    }

    /// <summary>The account's other devices show it, and one is told from another by it.</summary>
    [Fact]
    public async Task A_device_is_called_by_what_can_be_seen()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = system.NewPhone();
        foreach (var hidden in (string[])["\u202E", "\u200B", "\u2028", "\u3164", "\n"])
        {
            var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => phone.LogInAsync("482913", $"手机{hidden}"));
            Assert.Equal(ErrorCodes.InvalidRequest, refused.Code);
            Assert.Contains("deviceName", refused.Problem.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_name_that_is_there_already_is_shown_with_marks() => Assert.Equal(("报价?fdp.exe", "𠮷.pdf"), (VisibleText.Show("报价\u202Efdp.exe"), VisibleText.Show("𠮷.pdf")));
}
