using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Bzt.Simulators.Alipay;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Faces;
using Bzt.Simulators.CaVendors;
using Bzt.Simulators.Invoices;
using Bzt.Simulators.Licences;
using Bzt.Simulators.Remittances;
using Bzt.Simulators.Sms;
using Bzt.Simulators.WeChat;
using Bzt.Simulators.WeChatPay;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Bzt.Simulators.Pages;

/// <summary>A page per provider, behind one password. Forms are guarded against other sites by the cookie being same-site.</summary>
static class PageEndpoints
{
    public static void MapPages(this WebApplication app)
    {
        app.MapGet("/simulators.css", () => Results.Stream(typeof(PageEndpoints).Assembly.GetManifestResourceStream("simulators.css")!, "text/css; charset=utf-8"));
        app.MapGet("/icon.svg", () => Results.Stream(typeof(PageEndpoints).Assembly.GetManifestResourceStream("icon.svg")!, "image/svg+xml"));
        app.MapGet("/login", IResult (string? returnUrl) => new RazorComponentResult<LoginPage>(new { ReturnUrl = returnUrl ?? "/" }));
        app.MapPost("/login", LoginAsync);

        var pages = app.MapGroup("").RequireAuthorization();
        pages.MapPost("/logout", async (HttpContext context) =>
        {
            await context.SignOutAsync();
            return Results.Redirect("/login");
        });
        pages.MapGet("/", IResult (SimulatorState state) => state.Read(world => new RazorComponentResult<IndexPage>(new
        {
            Messages = world.Messages.Count,
            Logins = world.WeChatCodes.Count,
            Checks = world.BankCardChecks.Count,
            CaApplications = world.CaApplications.Count,
            Remittances = world.RemittanceAccounts.Values.Sum(account => account.Remittances.Length),
            Trades = world.Trades.Count,
            Certifications = world.Certifications.Count,
            Faces = world.FaceChecks.Count,
            WeChatTrades = world.WeChatTrades.Count,
            Invoices = world.Invoices.Count,
            Licences = world.LicenceReads.Count,
        })));
        pages.MapGet("/sms", IResult (string? phone, SmsSimulator sms, Steering steering) =>
        {
            var only = string.IsNullOrWhiteSpace(phone) ? null : phone.Trim();
            return new RazorComponentResult<SmsPage>(new { Phone = only, Messages = sms.Newest(only), Waiting = steering.Waiting("sms") });
        });
        pages.MapGet("/wechat", IResult (WeChatSimulator weChat, Steering steering) =>
            new RazorComponentResult<WeChatPage>(new { Users = weChat.Users(), Codes = weChat.NewestCodes(20), Waiting = steering.Waiting("wechat") }));
        pages.MapGet("/bank-cards", IResult (int? from, BankCardSimulator bankCards, Steering steering) =>
        {
            var first = Math.Clamp(from ?? 1, 1, TestPerson.Last);
            var persons = Enumerable.Range(first, Math.Min(20, TestPerson.Last - first + 1)).Select(TestPerson.Get).ToArray();
            return new RazorComponentResult<BankCardsPage>(new { Persons = persons, Checks = bankCards.Newest(20), Waiting = steering.Waiting("bankcard") });
        });
        pages.MapCaVendorPages();
        pages.MapGet("/remittances", IResult (RemittanceSimulator remittances, Steering steering) => new RazorComponentResult<RemittancesPage>(new
        {
            Accounts = remittances.Newest(50),
            Waiting = steering.Waiting("remittance"),
            WaitingNotifications = steering.Waiting("remittance-notify"),
        }));
        pages.MapPost("/remittances/{reference:guid}", RemitAsync);
        pages.MapPost("/remittances/{reference:guid}/notify", (Guid reference, RemittanceSimulator remittances, RemittanceNotifier notifier) =>
        {
            if (remittances.Find(reference)?.Notification is null)
            {
                return Results.NotFound();
            }

            notifier.Send(reference.ToString());
            return Results.Redirect("/remittances");
        });
        pages.MapGet("/faces", IResult (FaceSimulator faces, Steering steering) =>
            new RazorComponentResult<FacesPage>(new { Checks = faces.Newest(20), Waiting = steering.Waiting("face") }));
        pages.MapGet("/alipay", IResult (AlipaySimulator alipay, Certifications certifications, Steering steering) => new RazorComponentResult<AlipayPage>(new
        {
            Trades = alipay.Newest(50),
            Certifications = certifications.Newest(20),
            Waiting = steering.Waiting("alipay"),
            WaitingNotifications = steering.Waiting("alipay-notify"),
            WaitingCertifications = steering.Waiting("alipay-certify"),
        }));
        pages.MapGet("/invoices", IResult (InvoiceSimulator invoices, Steering steering) =>
            new RazorComponentResult<InvoicesPage>(new { Invoices = invoices.Newest(50), RedLetters = (Func<Guid, IReadOnlyList<RedLetter>>)invoices.RedLettersOf, Waiting = steering.Waiting("invoice") }));
        pages.MapGet("/licences", IResult (LicenceSimulator licences, Steering steering) =>
            new RazorComponentResult<LicencesPage>(new { Reads = licences.Newest(50), Next = licences.Waiting(), Waiting = steering.Waiting("licence") }));
        pages.MapPost("/licences", ShowLicenceAsync);
        pages.MapGet("/licences/stamped-form.jpg", () => Results.Stream(
            typeof(PageEndpoints).Assembly.GetManifestResourceStream("stamped-form.jpg")!, "image/jpeg", fileDownloadName: "stamped-form.jpg"));
        pages.MapGet("/wechat-pay", IResult (WeChatPaySimulator weChatPay, Steering steering) =>
        {
            var trades = weChatPay.Newest(50);
            return new RazorComponentResult<WeChatPayPage>(new
            {
                Trades = trades,
                Refunds = trades.SelectMany(trade => weChatPay.RefundsOf(trade.OrderId)).ToLookup(refund => refund.OrderId),
                Waiting = steering.Waiting("wechatpay"),
                WaitingNotifications = steering.Waiting("wechatpay-notify"),
            });
        });
        pages.MapPost("/wechat-pay/{prepayId}/notify", (string prepayId, WeChatPaySimulator weChatPay, WeChatPayNotifier notifier) =>
        {
            if (weChatPay.FindBy(trade => trade.PrepayId == prepayId) is not { Notification: not null } trade)
            {
                return Results.NotFound();
            }

            notifier.Send(trade.OrderId);
            return Results.Redirect("/wechat-pay");
        });
        pages.MapPost("/alipay/{tradeNo}/notify", (string tradeNo, AlipaySimulator alipay, AlipayNotifier notifier) =>
        {
            if (alipay.FindByTradeNo(tradeNo) is not { Notification: not null } trade)
            {
                return Results.NotFound();
            }

            notifier.Send(trade.OrderId);
            return Results.Redirect("/alipay");
        });
        pages.MapPost("/steer/{provider}", SteerAsync);
        pages.MapPost("/steer/{provider}/clear", (string provider, Steering steering) =>
        {
            steering.Clear(provider);
            return Back(provider);
        });
    }

    static async Task<IResult> LoginAsync(HttpContext context, IOptions<SimulatorOptions> options)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var returnUrl = form["returnUrl"].ToString() is ['/', not '/' and not '\\', ..] local ? local : "/";
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(form["password"].ToString()), Encoding.UTF8.GetBytes(options.Value.Password)))
        {
            return new RazorComponentResult<LoginPage>(new { ReturnUrl = returnUrl, Failed = true }) { StatusCode = StatusCodes.Status401Unauthorized };
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "operator")], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(new ClaimsPrincipal(identity));
        return Results.LocalRedirect(returnUrl);
    }

    static async Task<IResult> RemitAsync(Guid reference, HttpRequest request, RemittanceSimulator remittances, RemittanceNotifier notifier)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var (name, account) = (form["payerName"].ToString().Trim(), form["payerAccount"].ToString().Trim());
        if (name.Length is 0 or > 100 || account.Length is < 6 or > 32 || !account.All(char.IsAsciiDigit)
            || !decimal.TryParse(form["amount"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var yuan) || yuan is <= 0 or > 999_999.99m || yuan * 100 != decimal.Truncate(yuan * 100))
        {
            return Results.BadRequest();
        }

        if (!remittances.Remit(reference, name, account, (long)(yuan * 100)))
        {
            return Results.NotFound();
        }

        notifier.Send(reference.ToString());
        return Results.Redirect("/remittances");
    }

    static async Task<IResult> ShowLicenceAsync(HttpRequest request, LicenceSimulator licences)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        licences.ShowNext(new(Entered("enterpriseName"), Entered("creditCode"), Entered("legalRepresentative")));
        return Results.Redirect("/licences");

        string? Entered(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
    }

    static async Task<IResult> SteerAsync(string provider, HttpRequest request, Steering steering)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var (kind, code) = form["kind"].ToString().Split(':', 2) switch
        {
            [var name, var value] => (name, value),
            [var name] => (name, (string?)null),
            _ => ("", null),
        };
        if (!Steering.Providers.Contains(provider)
            || !Enum.TryParse<Disturbance>(kind, out var disturbance)
            || !int.TryParse(form["count"], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 100
            || !int.TryParse(form["seconds"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 300)
        {
            return Results.BadRequest();
        }

        steering.Add(provider, new(disturbance, code, seconds * 1000, count));
        return Back(provider);
    }

    static IResult Back(string provider) => Results.Redirect(provider switch
    {
        "sms" => "/sms",
        "wechat" => "/wechat",
        "bankcard" => "/bank-cards",
        "ca-vendor" or "ca-vendor-notify" or "est" => "/ca-vendor",
        "remittance" or "remittance-notify" => "/remittances",
        "alipay" or "alipay-notify" or "alipay-certify" => "/alipay",
        "face" => "/faces",
        "invoice" => "/invoices",
        "licence" => "/licences",
        "wechatpay" or "wechatpay-notify" => "/wechat-pay",
        _ => "/",
    });
}
