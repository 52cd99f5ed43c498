using System.Globalization;
using Bzt.Simulators.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bzt.Simulators.CaVendors;

/// <summary>The vendor's reviewers, for a person on a page and for programs on <c>/control</c>.</summary>
static class CaVendorPages
{
    const string Page = "/ca-vendor";

    public static void MapCaVendorPages(this RouteGroupBuilder pages)
    {
        pages.MapGet(Page, IResult (CaVendorSimulator simulator, Steering steering) => new RazorComponentResult<CaVendorPage>(new
        {
            Applications = simulator.Newest(50),
            simulator.Quirks,
            Waiting = steering.Waiting(CaVendorEndpoints.Channel),
            WaitingEst = steering.Waiting(EstEndpoints.Channel),
            WaitingNotifications = steering.Waiting("ca-vendor-notify"),
        }));
        pages.MapPost("/ca-vendor/{number}/approve", (string number, CaVendorSimulator simulator, CaVendorNotifier notifier) =>
            Decide(number, null, simulator, notifier) ? Results.Redirect(Page) : Results.NotFound());
        pages.MapPost("/ca-vendor/{number}/reject", async (string number, HttpRequest request, CaVendorSimulator simulator, CaVendorNotifier notifier) =>
        {
            var reason = (await request.ReadFormAsync(request.HttpContext.RequestAborted))["reason"].ToString().Trim();
            return reason.Length is 0 or > 200 ? Results.BadRequest() : Decide(number, reason, simulator, notifier) ? Results.Redirect(Page) : Results.NotFound();
        });
        pages.MapPost("/ca-vendor/{number}/notify", (string number, CaVendorSimulator simulator, CaVendorNotifier notifier) =>
        {
            if (simulator.Find(number)?.Notification is null)
            {
                return Results.NotFound();
            }

            notifier.Send(number);
            return Results.Redirect(Page);
        });
        pages.MapPost("/ca-vendor/quirks", async (HttpRequest request, CaVendorSimulator simulator) =>
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            if (!Enum.TryParse<EnvelopeForm>(form["form"], out var envelope) || !Enum.IsDefined(envelope)
                || !int.TryParse(form["keyLength"], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length is not (32 or 48 or 64))
            {
                return Results.BadRequest();
            }

            simulator.Quirks = new(envelope, length);
            return Results.Redirect(Page);
        });
    }

    public static void MapCaVendorControl(this RouteGroupBuilder control)
    {
        control.MapGet("/ca-vendor/{number}", IResult (string number, CaVendorSimulator simulator) =>
            simulator.Find(number) is { } application ? Results.Json(new VendorState(application.State, application.Issued is not null, application.Notification?.Accepted)) : Results.NotFound());
        control.MapPost("/ca-vendor/{number}/decide", (string number, VendorDecision decision, CaVendorSimulator simulator, CaVendorNotifier notifier) =>
            Decide(number, decision.Rejection, simulator, notifier) ? Results.NoContent() : Results.Conflict());
        control.MapPost("/ca-vendor/{number}/notify", (string number, CaVendorNotifier notifier) =>
        {
            notifier.Send(number);
            return Results.NoContent();
        });
        control.MapPost("/ca-vendor/quirks", async (HttpRequest request, CaVendorSimulator simulator) =>
        {
            if (await request.ReadFromJsonAsync<VendorQuirks>(Control.ControlEndpoints.Json, request.HttpContext.RequestAborted) is not { KeyLength: 32 or 48 or 64 } quirks)
            {
                return Results.BadRequest();
            }

            simulator.Quirks = quirks;
            return Results.NoContent();
        });
    }

    static bool Decide(string number, string? rejection, CaVendorSimulator simulator, CaVendorNotifier notifier)
    {
        if (!simulator.Decide(number, rejection))
        {
            return false;
        }

        notifier.Send(number);
        return true;
    }
}

/// <summary>An application at the vendor, as <c>/control</c> tells it.</summary>
public sealed record VendorState(string State, bool Issued, bool? Acknowledged);

/// <param name="Rejection">Null approves.</param>
public sealed record VendorDecision(string? Rejection);
