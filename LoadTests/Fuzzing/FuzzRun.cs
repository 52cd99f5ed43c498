using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Bzt.LoadTests.Fuzzing;

/// <summary>Sends the requests of a seed, each as the callers in turn, and judges every answer.</summary>
/// <param name="callers">A stranger first.</param>
/// <param name="codes">Codes a problem document may have.</param>
internal sealed class FuzzRun(ApiDescription api, IReadOnlyDictionary<string, string[]> known, IReadOnlyList<FuzzCaller> callers, IReadOnlySet<string> codes, int seed)
{
    /// <summary>Longer than any answer should take, on a machine that is busy with all the others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Names of callers who come with a token of the CSC's scopes.</summary>
    public const string ServiceBearer = "a signature application";

    /// <inheritdoc cref="ServiceBearer"/>
    public const string CredentialBearer = "a signature application with one credential's token";

    private readonly RequestFuzzer fuzzer = new(api, known, seed);
    private readonly ConcurrentQueue<string> faults = new();
    private readonly ConcurrentDictionary<int, int> statuses = new();
    private readonly ConcurrentDictionary<string, bool> accepted = new();
    private int sent;
    private int changes;

    public int Sent => sent;

    /// <summary>Requests that may have changed something: all that were not reads, and were not refused.</summary>
    public int Changes => changes;

    /// <summary>Each with the request that led to it.</summary>
    public IReadOnlyCollection<string> Faults => faults;

    public IReadOnlyDictionary<int, int> Statuses => statuses;

    /// <summary>Operations of which at least one request was taken: behind their first checks too, something was tried.</summary>
    public IReadOnlyCollection<string> Accepted => [.. accepted.Keys];

    /// <summary>Requests <paramref name="from"/> to <paramref name="from"/> + <paramref name="count"/>, or fewer when <paramref name="enough"/> comes first.</summary>
    public Task SendAsync(int from, int count, int atOnce, CancellationToken enough, CancellationToken stop) => Parallel.ForEachAsync(
        Enumerable.Range(from, count).TakeWhile(_ => !enough.IsCancellationRequested), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = stop }, async (number, cancellation) => await SendAsync(number, cancellation));

    /// <summary>The one request of that number, as it is in every run of the seed.</summary>
    public async Task SendAsync(int number, CancellationToken stop)
    {
        var request = fuzzer.Make(number);
        var caller = CallerOf(request);
        Interlocked.Increment(ref sent);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            var answer = await AnswerAsync(request, caller, patience.Token);
            statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
            if (answer.Succeeded)
            {
                accepted.TryAdd(request.Operation.Name, true);
                Interlocked.Add(ref changes, request.Method is "GET" or "HEAD" or "OPTIONS" ? 0 : 1);
            }

            if (FuzzVerdict.Fault(request, answer, codes) is { } fault)
            {
                Report(request, caller, fault);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Report(request, caller, $"no answer within {Patience.TotalSeconds} s");
        }
        catch (HttpRequestException) when (request.Body?.Length > FuzzVerdict.CutOff)
        {
            // The server closes on a body that is too large without reading it; whether its refusal is read first is a race of TCP's.
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            Report(request, caller, $"no answer: {exception.Message} {exception.InnerException?.Message}");
        }
    }

    /// <summary>
    /// The server ends a connection after a request it did not read to its end; the next one may already be on its way there. That is asked again,
    /// on another connection, as every client of HTTP/1.1 has to (RFC 9112 §9.6); that one may have waited in the pool for the same end.
    /// </summary>
    private static async Task<FuzzedAnswer> AnswerAsync(FuzzedRequest request, FuzzCaller caller, CancellationToken stop)
    {
        for (var left = 3; ; left--)
        {
            try
            {
                return await caller.SendAsync(request, stop);
            }
            catch (Exception exception) when (left > 0 && (exception is HttpRequestException or IOException) && !(request.Body?.Length > FuzzVerdict.CutOff))
            {
                // Asked again.
            }
        }
    }

    /// <summary>Every other time whoever the operation is for, else the callers in turn.</summary>
    private FuzzCaller CallerOf(FuzzedRequest request)
    {
        var round = request.Number / api.Operations.Count;
        var area = request.Operation.Path.Split('/')[1];
        var right = area switch
        {
            "phone" => callers.FirstOrDefault(caller => caller.Name == "a phone"),
            "rp" => callers.FirstOrDefault(caller => caller.Name == "a platform"),
            "ca-console" => callers.FirstOrDefault(caller => caller.Name == "a reviewer"),
            // Its two tokens in turn: what is signed with takes either.
            "csc" => callers.FirstOrDefault(caller => caller.Name == (round % 8 == 0 ? CredentialBearer : ServiceBearer)),
            _ => null,
        };
        return round % 2 == 0 && right is not null ? right : callers[(request.Number + (round / 2)) % callers.Count];
    }

    private void Report(FuzzedRequest request, FuzzCaller caller, string fault) => faults.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{(fault.Length > 1000 ? fault[..1000] : fault)}\n    seed {seed}, {caller.Name}, {request}"));
}

/// <summary>What must hold of every answer, whatever was asked.</summary>
internal static class FuzzVerdict
{
    /// <summary>From this size on the server may close the connection under the sender.</summary>
    public const int CutOff = 60 * 1024;

    public static string? Fault(FuzzedRequest request, FuzzedAnswer answer, IReadOnlySet<string> codes)
    {
        // 501 is what the CSC's specification asks for where a method is not implemented.
        if (answer.Status >= 500 && !(answer.Status == 501 && request.Operation.Path.StartsWith("/csc/", StringComparison.Ordinal)))
        {
            return $"{answer.Status} {answer.Body}";
        }

        if (answer.Status >= 400 && (answer.Body.Contains("   at ", StringComparison.Ordinal) || answer.Body.Contains("Exception", StringComparison.Ordinal)))
        {
            return $"{answer.Status} tells of our inside: {answer.Body}";
        }

        var unescaped = $"<{request.Mark}";
        if (answer.Headers.Contains(unescaped, StringComparison.Ordinal) || answer.Headers.Contains($"\n{request.Mark}", StringComparison.Ordinal) || answer.Headers.Contains($"Set-Cookie: {request.Mark}", StringComparison.Ordinal))
        {
            return $"a header repeats what was sent: {answer.Headers}";
        }

        // As a browser reads it: to which a backslash is a slash, and what stands in query or fragment leads nowhere.
        if (answer.Location?.Replace('\\', '/') is { } location
            && (location.StartsWith("//", StringComparison.Ordinal) || (Uri.TryCreate(new Uri("http://here.invalid/"), location, out var led) && led.Host.Contains(request.Mark, StringComparison.OrdinalIgnoreCase))))
        {
            return $"it leads elsewhere: {answer.Location}";
        }

        // JSON that is served as JSON, with nosniff, is text to every browser; a page is not.
        var isJson = answer.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        if (answer.Status >= 400 ? answer.Body.Contains(request.Mark, StringComparison.Ordinal) : !isJson && answer.Body.Contains(unescaped, StringComparison.Ordinal))
        {
            return $"{answer.Status} repeats what was sent: {answer.Body}";
        }

        return answer.Status >= 400 && request.Operation.AnswersProblems && answer.IsOurs && request.Method != "HEAD" && !IsElsewhere(request)
            ? NoProblem(answer, codes) : null;
    }

    private static string? NoProblem(FuzzedAnswer answer, IReadOnlySet<string> codes)
    {
        if (answer.MediaType != "application/problem+json")
        {
            return $"{answer.Status} without a problem document: {answer.MediaType} {answer.Body}";
        }

        var problem = JsonNode.Parse(System.Text.Encoding.Latin1.GetBytes(answer.Body))!;
        return problem["status"]?.GetValue<int>() == answer.Status && problem["code"]?.GetValue<string>() is { } code && codes.Contains(code) && problem["type"]?.GetValue<string>() == $"urn:bzt:problem:{code}"
            ? null : $"{answer.Status} with a problem document that is none of ours: {answer.Body}";
    }

    /// <summary>Its path was bent, so that it may lead out of the API.</summary>
    private static bool IsElsewhere(FuzzedRequest request)
    {
        var path = Uri.UnescapeDataString(request.Target.Split('?')[0]);
        return (request.Operation.Path.StartsWith("/app/", StringComparison.Ordinal) && path != request.Operation.Path) || path.Contains("..", StringComparison.Ordinal) || path.Contains("//", StringComparison.Ordinal) || path.Contains("/./", StringComparison.Ordinal);
    }
}
