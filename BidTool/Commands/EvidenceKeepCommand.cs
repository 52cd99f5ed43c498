using System.Globalization;
using System.Net;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Evidence;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>
/// Keeps what the service publishes of its evidence, for whoever does not run it: every checkpoint since the last time and its leaves, each verified before
/// it is kept. Run by a timer; broken off anywhere, the next run goes on.
/// </summary>
internal sealed class EvidenceKeepCommand(UserInterface ui)
{
    private const int MaxOctets = 16 * 1024 * 1024;
    private const int MaxWaits = 60;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <param name="folder">Made where it is missing.</param>
    /// <param name="service">The service's address.</param>
    /// <param name="key">The evidence key, 65 octets.</param>
    /// <param name="stop">Interrupts.</param>
    public async Task RunAsync(string folder, Uri service, byte[] key, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = MaxOctets };
        var kept = new KeptFolder(folder);
        var (known, added) = await FollowAsync(http, kept, await kept.OpenAsync(key, stop), key, stop);
        var (fetched, missing) = (0, 0);
        var restores = known.Restores();
        foreach (var checkpoint in known.Checkpoints.Where(checkpoint => !kept.HasLeaves(checkpoint.Number) && !restores.Any(restore => restore.Lost(checkpoint.Number))))
        {
            if (await GetAsync(http, LeavesOf(checkpoint.Number), stop) is not { } json)
            {
                missing++;
                continue;
            }

            var leaves = KeptFolder.ParseLeaves(json);
            await kept.WriteAsync(leaves is not null && leaves.AreOf(checkpoint) ? leaves : throw KeptFolder.Invalid(checkpoint.Number), stop);
            fetched++;
        }

        if (missing > 0)
        {
            throw new ToolException("leaves_missing", Say($"{missing} 个检查点的叶子未公布，其余已保存", $"Of {missing} checkpoints no leaves are published; all else is kept"));
        }

        ui.Done(Say("检查点及其叶子已保存", "Checkpoints and leaves are kept"), new Dictionary<string, object?>
        {
            ["checkpoints"] = known.Checkpoints.Count,
            ["newest"] = known.Newest,
            ["added"] = added,
            ["leaves"] = fetched,
            ["restores"] = restores.Count,
        });
    }

    /// <summary>From the last one that was kept, which has to be there still as it was.</summary>
    private static async Task<(EvidenceCheckpoints Known, int Added)> FollowAsync(HttpClient http, KeptFolder kept, EvidenceCheckpoints known, byte[] key, CancellationToken stop)
    {
        for (var added = 0; ;)
        {
            var last = known.Checkpoints is [.., var newest] ? newest : null;
            var json = await GetAsync(http, $"{Routes.Phone.EvidenceCheckpoints}?after={Math.Max(0, (last?.Number ?? 0) - 1)}", stop);
            var page = json is null ? null : KeptFolder.ParseCheckpoints(json);
            if (page is null)
            {
                throw new ToolException("service_malformed", Say("该地址不是存证服务", "There is no evidence service at this address"));
            }

            // After a declared restore it is not among them any more, and what follows says so.
            if (last is not null && !page.Contain(last) && !(page.Checkpoints is [var following, ..] && following.Number > last.Number && CheckpointNumber.IsAfterRestore(following.Number)))
            {
                throw new ToolException("checkpoints_forked", Say(
                    $"服务方不再公布已保存的第 {last.Number} 号检查点：其存证被退回或改写过。请保留本文件夹作为证据",
                    $"The service no longer publishes checkpoint {last.Number} that was kept: its evidence was put back or rewritten. Keep this folder: it proves that"));
            }

            var more = page.Checkpoints.SkipWhile(checkpoint => checkpoint.Number <= (last?.Number ?? 0)).ToList();
            if (more.Count == 0)
            {
                return (known, added);
            }

            var next = new EvidenceCheckpoints([.. known.Checkpoints, .. more], more[^1].Number);
            if (!next.Verify(key))
            {
                throw new ToolException("checkpoints_invalid", Say(
                    "公布的检查点与已保存的不连续，或不是由所给的存证公钥签名的", "What is published does not continue what was kept, or is not signed by the key given"));
            }

            await kept.WriteAsync(next, stop);
            (known, added) = (next, added + more.Count);
        }
    }

    private static string LeavesOf(long number) => Routes.Phone.EvidenceLeaves.Replace("{number}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Null where there is nothing. A service that is asked too often says when to come again.</summary>
    private static async Task<byte[]?> GetAsync(HttpClient http, string path, CancellationToken stop)
    {
        for (var waits = 0; ; waits++)
        {
            using var answer = await AskAsync(http, path, stop);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            if (answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && waits < MaxWaits)
            {
                var wait = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
                await Task.Delay(wait < LongestWait ? wait : LongestWait, stop);
                continue;
            }

            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadAsByteArrayAsync(stop);
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, string path, CancellationToken stop)
    {
        try
        {
            return await http.GetAsync(new Uri(path.TrimStart('/'), UriKind.Relative), stop);
        }
        catch (TaskCanceledException exception) when (!stop.IsCancellationRequested)
        {
            throw new HttpRequestException("No answer in time.", exception);
        }
    }
}
