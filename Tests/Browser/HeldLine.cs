using Microsoft.Playwright;

namespace Bzt.Tests.Browser;

/// <summary>Between the app and its gateway: lets requests through, keeps them waiting, or answers that the server failed.</summary>
internal sealed class HeldLine
{
    private TaskCompletionSource released = Open();
    private volatile bool broken;

    private HeldLine()
    {
    }

    /// <summary>Everything the phone asks for, but what wakes it up.</summary>
    public static Task<HeldLine> AtAsync(IPage page) => AtAsync(page, "/phone/v1/(?!hub)", hold: false);

    /// <param name="page">Whose requests.</param>
    /// <param name="addresses">Those that match.</param>
    /// <param name="hold">From the beginning.</param>
    public static async Task<HeldLine> AtAsync(IPage page, string addresses, bool hold)
    {
        var line = new HeldLine();
        if (hold)
        {
            line.Hold();
        }

        await page.RouteAsync(new System.Text.RegularExpressions.Regex(addresses), line.PassAsync);
        return line;
    }

    /// <summary>From now on nothing is answered.</summary>
    public void Hold() => released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waits, and what comes, fails at the server.</summary>
    public void Break() => Release(broken: true);

    public void Mend() => Release(broken: false);

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    private void Release(bool broken)
    {
        this.broken = broken;
        released.TrySetResult();
    }

    private async Task PassAsync(IRoute route)
    {
        await released.Task;
        await (broken
            ? route.FulfillAsync(new() { Status = 500, ContentType = "application/problem+json", Body = """{"type":"about:blank","title":"服务内部错误","status":500,"code":"internal_error"}""" })
            : route.ContinueAsync());
    }
}
