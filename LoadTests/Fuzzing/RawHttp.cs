using System.Net.Sockets;
using System.Text;

namespace Bzt.LoadTests.Fuzzing;

/// <summary>What is not HTTP, or HTTP that two programs read in two ways, octet by octet on a connection of its own.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const string Host = "Host: localhost\r\n";

    /// <param name="Answers">At most so many may come: two for one request would be a smuggled one.</param>
    public sealed record Message(string Name, byte[] Octets, int Answers);

    /// <summary>The known ways to be wrong.</summary>
    public static IReadOnlyList<Message> Messages { get; } = [
        Of("Content-Length and chunked", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Type: application/json\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /app/about.json HTTP/1.1\r\n{Host}\r\n"),
        Of("chunked and Content-Length", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nContent-Length: 60\r\n\r\n0\r\n\r\nGET /app/about.json HTTP/1.1\r\n{Host}\r\n"),
        Of("two lengths", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Length: 0\r\nContent-Length: 44\r\n\r\nGET /app/about.json HTTP/1.1\r\n{Host}\r\n"),
        Of("a list of lengths", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Length: 0, 0\r\n\r\n"),
        Of("a negative length", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Length: -1\r\n\r\n"),
        Of("a signed length", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Length: +2\r\n\r\n{{}}"),
        Of("a length in hex", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Length: 0x2\r\n\r\n{{}}"),
        Of("a length beyond all", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Length: 99999999999999999999999\r\n\r\n"),
        Of("Transfer-Encoding of an unknown kind", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Of("chunked twice", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        Of("chunked before another", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        Of("chunked with a tab", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Transfer-Encoding:\tchunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
        Of("chunked in HTTP/1.0", $"POST /phone/v1/sms-codes HTTP/1.0\r\n{Host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Of("a chunk beyond all", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{{}}\r\n0\r\n\r\n"),
        Of("a negative chunk", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{{}}\r\n0\r\n\r\n"),
        Of("a chunk longer than it says", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{{}}}}\r\n0\r\n\r\n"),
        Of("a long chunk extension", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2;{new string('a', 20_000)}\r\n{{}}\r\n0\r\n\r\n"),
        Of("chunk lines that end in LF", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\n{{}}\n0\n\n"),
        Of("trailers", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\nAuthorization: Bearer x\r\nContent-Length: 5\r\n\r\n"),
        Of("a folded header", $"GET /app/about.json HTTP/1.1\r\n{Host}Accept: a,\r\n b\r\n\r\n"),
        Of("a blank before the colon", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Length : 2\r\n\r\n{{}}"),
        Of("a header without a name", $"GET /app/about.json HTTP/1.1\r\n{Host}: x\r\n\r\n"),
        Of("a header without a colon", $"GET /app/about.json HTTP/1.1\r\n{Host}nothing\r\n\r\n"),
        Of("NUL in a header", $"GET /app/about.json HTTP/1.1\r\n{Host}Accept: a\0b\r\n\r\n"),
        Of("CR alone in a header", $"GET /app/about.json HTTP/1.1\r\n{Host}Accept: a\rSet-Cookie: b\r\n\r\n"),
        Of("a header that is too long", $"GET /app/about.json HTTP/1.1\r\n{Host}Accept: {new string('a', 40_000)}\r\n\r\n"),
        Of("a thousand headers", $"GET /app/about.json HTTP/1.1\r\n{Host}{string.Concat(Enumerable.Repeat("A: b\r\n", 1000))}\r\n"),
        Of("octets above ASCII in a header", $"GET /app/about.json HTTP/1.1\r\n{Host}Authorization: DPoP \u00ff\u00fe\u0080\r\n\r\n"),
        Of("octets above ASCII in the path", $"GET /app/\u00ff\u00fe HTTP/1.1\r\n{Host}\r\n"),
        Of("NUL in the path", $"GET /app/%00 HTTP/1.1\r\n{Host}\r\n"),
        Of("an overlong dot in the path", $"GET /app/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd HTTP/1.1\r\n{Host}\r\n"),
        Of("a path that goes up", $"GET /app/../../../../etc/passwd HTTP/1.1\r\n{Host}\r\n"),
        Of("a path that goes up in disguise", $"GET /app/%2e%2e/%2e%2e%2f%2e%2e%5cetc/passwd HTTP/1.1\r\n{Host}\r\n"),
        Of("a path that is too long", $"GET /{new string('a', 20_000)} HTTP/1.1\r\n{Host}\r\n"),
        Of("no path", $"GET  HTTP/1.1\r\n{Host}\r\n"),
        Of("no slash", $"GET app HTTP/1.1\r\n{Host}\r\n"),
        Of("an absolute address", $"GET http://elsewhere.example/app/about.json HTTP/1.1\r\n{Host}\r\n"),
        Of("an authority", "CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443\r\n\r\n"),
        Of("a star", $"OPTIONS * HTTP/1.1\r\n{Host}\r\n"),
        Of("TRACE", $"TRACE /app/about.json HTTP/1.1\r\n{Host}Cookie: a=b\r\n\r\n"),
        Of("no host", "GET /app/about.json HTTP/1.1\r\n\r\n"),
        Of("two hosts", $"GET /app/about.json HTTP/1.1\r\n{Host}Host: elsewhere.example\r\n\r\n"),
        Of("a host that is none", "GET /app/about.json HTTP/1.1\r\nHost: a b/c@d\r\n\r\n"),
        Of("a host of markup", "GET /download HTTP/1.1\r\nHost: \"><script>\r\n\r\n"),
        Of("HTTP/0.9", "GET /app/about.json\r\n"),
        Of("HTTP/1.0 without a host", "GET /app/about.json HTTP/1.0\r\n\r\n"),
        Of("HTTP/2.0 in words", $"GET /app/about.json HTTP/2.0\r\n{Host}\r\n"),
        Of("a version that is none", $"GET /app/about.json HTTP/1.1.1\r\n{Host}\r\n"),
        Of("lines that end in LF", "GET /app/about.json HTTP/1.1\nHost: localhost\n\n"),
        Of("blank lines first", $"\r\n\r\n\r\nGET /app/about.json HTTP/1.1\r\n{Host}\r\n"),
        Of("a method beyond all", $"{new string('A', 20_000)} / HTTP/1.1\r\n{Host}\r\n"),
        Of("a method of signs", $"<script> / HTTP/1.1\r\n{Host}\r\n"),
        Of("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"),
        Of("an upgrade to h2c", $"GET /app/about.json HTTP/1.1\r\n{Host}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"),
        Of("a greeting of TLS", "\u0016\u0003\u0001\0\u00a5\u0001\0\0\u00a1\u0003\u0003abcdefghijklmnopqrstuvwxyz012345"),
        Of("SSH", "SSH-2.0-OpenSSH_9.6\r\n"),
        Of("SMTP", "HELO a\r\nMAIL FROM:<a@b>\r\n"),
        Of("half a line", "GET /app/abo"),
        Of("half a header", $"GET /app/about.json HTTP/1.1\r\n{Host}Acc"),
        Of("half a body", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{\"phoneNumber\":"),
        Of("Expect of another kind", $"POST /phone/v1/sms-codes HTTP/1.1\r\n{Host}Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{{}}"),
        Of("nothing", "")];

    /// <summary>A right message with some of its octets changed, doubled or left out.</summary>
    public static Message Mutated(int seed, int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var octets = Messages[random.Next(Messages.Count)].Octets.Take(2000).ToList();
        for (var changes = random.Next(1, 6); changes > 0 && octets.Count > 0; changes--)
        {
            var at = random.Next(octets.Count);
            switch (random.Next(4))
            {
                case 0:
                    octets[at] = (byte)random.Next(256);
                    break;
                case 1:
                    octets.RemoveAt(at);
                    break;
                case 2:
                    octets.InsertRange(at, octets.GetRange(at, Math.Min(random.Next(1, 40), octets.Count - at)));
                    break;
                default:
                    octets.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        // What chance makes of it may well be two requests.
        return new Message($"mutated {seed}/{number}", [.. octets], int.MaxValue);
    }

    /// <summary>Sends it, says that nothing more comes, and reads to the end. Null when the answer is as it must be.</summary>
    public static async Task<string?> FaultAsync(Uri gateway, Message message, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            var answer = await SendAsync(gateway, message.Octets, patience.Token);
            var starts = answer.Split("HTTP/1.1 ")[1..];
            // 505 is the refusal of a version, 501 of a transfer coding: both are the server's before our code, and RFC 9110's.
            return starts.FirstOrDefault(start => start[0] == '5' && !start.StartsWith("505", StringComparison.Ordinal) && !start.StartsWith("501", StringComparison.Ordinal)) is { } failed ? $"{message.Name}: {failed}"
                : starts.Length > message.Answers ? $"{message.Name}: {starts.Length} answers to one request\n{answer}"
                : answer.Contains("root:", StringComparison.Ordinal) || answer.Contains("<script>", StringComparison.Ordinal) ? $"{message.Name}: {answer}" : null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"{message.Name}: neither an answer nor an end within {Patience.TotalSeconds} s";
        }
    }

    private static async Task<string> SendAsync(Uri gateway, byte[] octets, CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(gateway.Host, gateway.Port, stop);
        var answer = new MemoryStream();
        try
        {
            for (var done = 0; done < octets.Length;)
            {
                done += await socket.SendAsync(octets.AsMemory(done), stop);
            }

            socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[8192];
            while (await socket.ReceiveAsync(buffer, stop) is var read and > 0)
            {
                answer.Write(buffer, 0, read);
            }
        }
        catch (SocketException)
        {
            // Closed under us: an end too. What came before it counts.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    private static Message Of(string name, string text) => new(name, Encoding.Latin1.GetBytes(text), 1);
}
