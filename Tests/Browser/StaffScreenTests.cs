using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>办事人员首页, and what staff may not do.</summary>
public sealed class StaffScreenTests
{
    [Fact]
    [Trait("Feature", "M023"), Trait("Surface", "screen")]
    public async Task Staff_act_inside_their_scope_and_no_further()
    {
        using var stage = await EnterpriseStage.StartAsync();
        using var staff = await stage.Boss.ColleagueAsync();
        var user = staff.Phone.Login!.UserId;
        await stage.GrantAsync(user, CertifiedPhone.PlatformId, staff.Certificate, AuthorisationScope.Login);
        var platform = await staff.PlatformAsync();
        await staff.BindAsync(platform);
        await using var phone = await PreparedPhone.OpenAsync(staff);
        var page = phone.Page;

        await Expect(page.Locator(".who").GetByText("办事人员")).ToBeVisibleAsync();
        await Press(page, "我的授权");
        await Expect(page.GetByText("1 项有效")).ToBeVisibleAsync();
        await phone.LookAsync("authorisation-own");
        await Press(page, "返回");

        // Authorised to log in, not to sign.
        await ScanByLinkAsync(page, await platform.OpenAsync(Login()));
        await Press(page, "确认，输入PIN码");
        await EnterPinAsync(page, CertifiedPhone.Pin);
        await Expect(page.GetByText("登录成功")).ToBeVisibleAsync();
        await Press(page, "完成");
        await ScanByLinkAsync(page, await platform.OpenAsync(new CreateSessionRequest(SessionKind.Sign)
        {
            Documents = [new DocumentRequest(SigningForms.HashOnly, new HashOnlyForm(new byte[32], "一号文件").Content)],
        }));
        await Expect(page.GetByText("不在企业授权范围内")).ToBeVisibleAsync();

        // Nor to log in, from the next operation on.
        await stage.Boss.Client.RevokeAuthorisationsOfMemberAsync(stage.Code, user);
        await phone.GoToAsync("");
        await ScanByLinkAsync(page, await platform.OpenAsync(Login()));
        await Expect(page.GetByText("不在企业授权范围内")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "确认，输入PIN码" })).ToHaveCountAsync(0);
    }

    private static CreateSessionRequest Login() => new(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) };
}
