using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Bzt.Contracts;

namespace Bzt.LoadTests.Fuzzing;

/// <summary>
/// The hub's socket, octet by octet (RFC 6455): handshakes that are none, frames nobody may send, messages SignalR does not know or a phone has
/// no business sending. Each on a connection of its own, which has to end.
/// </summary>
/// <param name="ticket">Gives a fresh ticket of somebody who may connect.</param>
internal sealed class HubFuzz(Uri gateway, Func<CancellationToken, Task<string>> ticket, int seed)
{
    private const byte Separator = 0x1e;
    private const byte Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;
    private const string Upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    /// <summary>SignalR's own words, when they come before the end does.</summary>
    private const string NoSuchMethod = "HubException: Method does not exist.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly byte[] Hello = Frame(Text, [.. "{\"protocol\":\"json\",\"version\":1}"u8, Separator]);

    /// <summary>Handshakes; <c>{ticket}</c> stands for a fresh one, <c>{used}</c> for one that was good once.</summary>
    private static readonly (string Name, string Request)[] Handshakes = [
        ("no ticket", $"GET {Routes.PhoneHub} HTTP/1.1\r\nHost: a\r\n{Upgrade}\r\n"),
        ("an empty ticket", $"GET {Routes.PhoneHub}?access_token= HTTP/1.1\r\nHost: a\r\n{Upgrade}\r\n"),
        ("no ticket of ours", $"GET {Routes.PhoneHub}?access_token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA HTTP/1.1\r\nHost: a\r\n{Upgrade}\r\n"),
        ("a long ticket", $"GET {Routes.PhoneHub}?access_token={new string('a', 6000)} HTTP/1.1\r\nHost: a\r\n{Upgrade}\r\n"),
        ("a used ticket", $"GET {Routes.PhoneHub}?access_token={{used}} HTTP/1.1\r\nHost: a\r\n{Upgrade}\r\n"),
        ("two tickets", $"GET {Routes.PhoneHub}?access_token={{ticket}}&access_token={{ticket}} HTTP/1.1\r\nHost: a\r\n{Upgrade}\r\n"),
        ("another version", $"GET {Routes.PhoneHub}?access_token={{ticket}} HTTP/1.1\r\nHost: a\r\n{Upgrade.Replace("13", "12", StringComparison.Ordinal)}\r\n"),
        ("no key", $"GET {Routes.PhoneHub}?access_token={{ticket}} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n"),
        ("a short key", $"GET {Routes.PhoneHub}?access_token={{ticket}} HTTP/1.1\r\nHost: a\r\n{Upgrade.Replace("AAAA==", "", StringComparison.Ordinal)}\r\n"),
        ("an upgrade to something else", $"GET {Routes.PhoneHub}?access_token={{ticket}} HTTP/1.1\r\nHost: a\r\n{Upgrade.Replace("websocket", "h2c", StringComparison.Ordinal)}\r\n"),
        ("no upgrade", $"GET {Routes.PhoneHub}?access_token={{ticket}} HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a stream of events", $"GET {Routes.PhoneHub}?access_token={{ticket}} HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"),
        ("a post", $"POST {Routes.PhoneHub}?access_token={{ticket}} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{{}}"),
        ("a long poll of a connection's id", $"GET {Routes.PhoneHub}?id=AAAAAAAAAAAAAAAAAAAAAA&access_token={{ticket}} HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a negotiation for nothing", $"POST {Routes.PhoneHub}/negotiate?negotiateVersion=99&access_token={{ticket}} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
        ("an end", $"DELETE {Routes.PhoneHub}?id=a&access_token={{ticket}} HTTP/1.1\r\nHost: a\r\n\r\n"),
    ];

    private static readonly (string Name, byte[] Octets)[] Frames = [
        ("nothing after the handshake", []),
        ("binary in place of the greeting", Frame(Binary, [1, 2, 3])),
        ("a greeting of MessagePack", Frame(Text, Message("{\"protocol\":\"messagepack\",\"version\":1}"))),
        ("a greeting of another version", Frame(Text, Message("{\"protocol\":\"json\",\"version\":9999}"))),
        ("a greeting that is no JSON", Frame(Text, Message("{{{"))),
        ("a greeting without an end", Frame(Text, Encoding.UTF8.GetBytes(new string('a', 900)))),
        ("a greeting too long", Frame(Text, Encoding.UTF8.GetBytes(new string('a', 100_000)))),
        ("a greeting twice", [.. Hello, .. Hello]),
        ("no JSON", [.. Hello, .. Frame(Text, Message("nothing"))]),
        ("MessagePack after JSON", [.. Hello, .. Frame(Binary, [0x95, 0x01, 0x80, 0xc0, 0xa6, .. "WakeUp"u8, 0x90])]),
        ("a method nobody has", [.. Hello, .. Call("Nothing")]),
        ("methods of the hub itself", [.. Hello, .. ((string[])["OnConnectedAsync", "OnDisconnectedAsync", "Dispose", "WakeUp", "User", "get_Context", "GroupOf", "ToString", "GetType", "SendAsync"]).SelectMany(Call)]),
        ("a stream nobody has", [.. Hello, .. Frame(Text, Message("{\"type\":4,\"invocationId\":\"1\",\"target\":\"Nothing\",\"arguments\":[]}"))]),
        ("items of a stream nobody began", [.. Hello, .. Enumerable.Repeat(Frame(Text, Message("{\"type\":2,\"invocationId\":\"7\",\"item\":1}")), 50).SelectMany(frame => frame)]),
        ("an answer nobody waits for", [.. Hello, .. Frame(Text, Message("{\"type\":3,\"invocationId\":\"7\",\"result\":1}"))]),
        ("a cancellation of nothing", [.. Hello, .. Frame(Text, Message("{\"type\":5,\"invocationId\":\"7\"}"))]),
        ("acknowledgements", [.. Hello, .. Frame(Text, Message("{\"type\":8,\"sequenceId\":9223372036854775807}")), .. Frame(Text, Message("{\"type\":9,\"sequenceId\":-1}"))]),
        ("a kind nobody knows", [.. Hello, .. Frame(Text, Message("{\"type\":99}")), .. Frame(Text, Message("{\"type\":\"1\"}")), .. Frame(Text, Message("{\"type\":1e99}"))]),
        ("a call without its parts", [.. Hello, .. Frame(Text, Message("{\"type\":1}"))]),
        ("a call with arguments of all kinds", [.. Hello, .. Frame(Text, Message("{\"type\":1,\"target\":\"WakeUp\",\"arguments\":[null,{\"a\":[]},1e400,\"\\ud800\"],\"streamIds\":[\"1\"],\"headers\":{\"a\":\"b\"}}"))]),
        ("a member twice", [.. Hello, .. Frame(Text, Message("{\"type\":1,\"type\":6,\"target\":\"a\",\"target\":\"b\",\"arguments\":[]}"))]),
        ("a deep one", [.. Hello, .. Frame(Text, Message("{\"type\":1,\"target\":\"a\",\"arguments\":" + new string('[', 400) + new string(']', 400) + "}"))]),
        ("a message above the limit", [.. Hello, .. Frame(Text, Message("{\"type\":1,\"target\":\"" + new string('a', 40_000) + "\",\"arguments\":[]}"))]),
        ("a message that never ends", [.. Hello, .. Enumerable.Repeat(Frame(Text, new byte[1000], fin: false), 100).SelectMany(frame => frame)]),
        ("no UTF-8", [.. Hello, .. Frame(Text, [0xFF, 0xFE, 0xC0, 0xAF, Separator])]),
        ("a flood of pings", [.. Hello, .. Enumerable.Repeat(Frame(Ping, [1, 2, 3, 4]), 2000).SelectMany(frame => frame)]),
        ("a flood of SignalR's pings", [.. Hello, .. Enumerable.Repeat(Frame(Text, Message("{\"type\":6}")), 2000).SelectMany(frame => frame)]),
        ("pongs nobody asked for", [.. Hello, .. Frame(Pong, new byte[125])]),
        ("a ping that is too long", [.. Hello, .. Frame(Ping, new byte[126])]),
        ("a ping in parts", [.. Hello, .. Frame(Ping, [], fin: false)]),
        ("a part of nothing", [.. Hello, .. Frame(0, [1, 2])]),
        ("two beginnings", [.. Hello, .. Frame(Text, [1], fin: false), .. Frame(Text, [2])]),
        ("a message in parts", [.. Frame(Text, "{\"protocol\":\"json\","u8.ToArray(), fin: false), .. Frame(0, Message("\"version\":1}"))]),
        ("no mask", [.. Hello, .. Frame(Text, Message("{\"type\":6}"), masked: false)]),
        ("reserved bits", [.. Hello, .. Frame(Text, Message("{\"type\":6}"), reserved: 0x70)]),
        ("a kind of frame that is reserved", [.. Hello, .. Frame(3, [1]), .. Frame(15, [1])]),
        ("a length beyond all", [.. Hello, 0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]),
        ("a negative length", [.. Hello, 0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]),
        ("a length longer than it need be", [.. Hello, 0x81, 0xFE, 0, 1, 0, 0, 0, 0, Separator]),
        ("half a frame", [.. Hello, 0x81, 0xFD, 0, 0]),
        ("a close of one octet", [.. Hello, .. Frame(Close, [3])]),
        ("a close with a code that is none", [.. Hello, .. Frame(Close, [0, 1])]),
        ("a close, and more", [.. Hello, .. Frame(Close, [3, 232]), .. Frame(Text, Message("{\"type\":6}"))]),
        ("SignalR's close", [.. Hello, .. Frame(Text, Message("{\"type\":7,\"error\":\"a\",\"allowReconnect\":true}"))]),
        ("HTTP again", [.. Hello, .. "GET /app/about.json HTTP/1.1\r\nHost: a\r\n\r\n"u8]),
    ];

    /// <summary>Each known way once, then <paramref name="drawn"/> drawn ones.</summary>
    /// <returns>What did not hold.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(int drawn, int atOnce, CancellationToken stop)
    {
        var faults = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var used = await ticket(stop);
        await ConnectAsync(used, [], stop);
        await Parallel.ForAsync(0, Handshakes.Length + Frames.Length + drawn, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = stop }, async (number, cancellation) =>
        {
            if (await FaultAsync(number, used, cancellation) is { } fault)
            {
                faults.Enqueue(fault);
            }
        });
        return [.. faults];
    }

    /// <summary>Connections that ask for the hub and then fall silent, all at once; ended from here.</summary>
    public async Task<int> HalfHandshakesAsync(int count, CancellationToken stop)
    {
        var sockets = new List<Socket>(count);
        try
        {
            var half = Encoding.Latin1.GetBytes($"GET {Routes.PhoneHub} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConn");
            for (var i = 0; i < count; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(gateway.Host, gateway.Port, stop);
                await socket.SendAsync(half, stop);
            }

            return sockets.Count(socket => socket.Connected);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private async Task<string?> FaultAsync(int number, string used, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        var name = "";
        try
        {
            if (number < Handshakes.Length)
            {
                (name, var request) = Handshakes[number];
                request = request.Replace("{used}", used, StringComparison.Ordinal);
                if (request.Contains("{ticket}", StringComparison.Ordinal))
                {
                    request = request.Replace("{ticket}", await ticket(patience.Token), StringComparison.Ordinal);
                }

                var refusal = await ExchangeAsync(Encoding.Latin1.GetBytes(request), [], patience.Token);
                // A negotiation of a transport nobody offers is answered; it gives nothing by itself.
                return refusal.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || (name == "a negotiation for nothing" && refusal.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                    ? null : $"{name}: {refusal}";
            }

            (name, var frames) = number - Handshakes.Length < Frames.Length ? Frames[number - Handshakes.Length] : Drawn(number);
            var answer = await ConnectAsync(await ticket(patience.Token), frames, patience.Token);
            return !answer.StartsWith("HTTP/1.1 101", StringComparison.Ordinal) ? $"{name}: not let in: {answer}"
                : answer.Contains("   at ", StringComparison.Ordinal) || answer.Replace(NoSuchMethod, "", StringComparison.Ordinal).Contains("Exception", StringComparison.Ordinal) ? $"{name}: it tells of our inside: {answer}" : null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"{name}: the connection did not end within {Patience.TotalSeconds} s";
        }
    }

    private (string Name, byte[] Octets) Drawn(int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var octets = new List<byte>(random.Next(3) == 0 ? [] : Hello);
        for (var frames = random.Next(1, 8); frames > 0; frames--)
        {
            var payload = new byte[random.Next(4) switch { 0 => 0, 1 => random.Next(126), 2 => random.Next(126, 2000), _ => random.Next(70_000) }];
            random.NextBytes(payload);
            octets.AddRange(random.Next(5) switch
            {
                0 => payload,
                1 => Frame((byte)random.Next(16), payload, random.Next(2) == 0, random.Next(4) > 0, (byte)(random.Next(8) << 4)),
                2 => Frame(Text, Message(Encoding.Latin1.GetString(payload))),
                3 => Call(Encoding.Latin1.GetString(payload.AsSpan(0, Math.Min(40, payload.Length)))),
                _ => Frame(Text, Message("{\"type\":" + random.Next(-1, 12) + ",\"invocationId\":\"" + random.Next(3) + "\",\"target\":\"WakeUp\",\"arguments\":[" + random.Next(5) + "],\"item\":{},\"sequenceId\":1}")),
            });
        }

        return ($"drawn {seed}/{number}", [.. octets]);
    }

    private Task<string> ConnectAsync(string good, byte[] frames, CancellationToken stop) =>
        ExchangeAsync(Encoding.Latin1.GetBytes($"GET {Routes.PhoneHub}?access_token={good} HTTP/1.1\r\nHost: a\r\n{Upgrade}\r\n"), frames, stop);

    /// <summary>The request, then the frames once it was answered, then the end of what is sent; all that comes back until the other side ends too.</summary>
    private async Task<string> ExchangeAsync(byte[] request, byte[] frames, CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(gateway.Host, gateway.Port, stop);
        using var answer = new MemoryStream();
        try
        {
            await socket.SendAsync(request, stop);
            while (!Encoding.Latin1.GetString(answer.GetBuffer(), 0, (int)answer.Length).Contains("\r\n\r\n", StringComparison.Ordinal) && await ReceiveAsync() > 0)
            {
            }

            // What the other side sends meanwhile is read meanwhile: pongs to a flood fill its window otherwise.
            var reading = ReadToEndAsync();
            for (var done = 0; done < frames.Length;)
            {
                done += await socket.SendAsync(frames.AsMemory(done), stop);
            }

            socket.Shutdown(SocketShutdown.Send);
            await reading;
        }
        catch (SocketException)
        {
            // Closed under us: an end too.
        }

        return Encoding.Latin1.GetString(answer.ToArray());

        async Task<int> ReceiveAsync()
        {
            var buffer = new byte[8192];
            var read = await socket.ReceiveAsync(buffer, stop);
            answer.Write(buffer, 0, read);
            return read;
        }

        async Task ReadToEndAsync()
        {
            try
            {
                while (await ReceiveAsync() > 0)
                {
                }
            }
            catch (SocketException)
            {
                // As above.
            }
        }
    }

    private static byte[] Call(string method) =>
        Frame(Text, Message("{\"type\":1,\"invocationId\":\"1\",\"target\":" + System.Text.Json.JsonSerializer.Serialize(method) + ",\"arguments\":[]}"));

    private static byte[] Message(string json) => [.. Encoding.UTF8.GetBytes(json), Separator];

    private static byte[] Frame(byte kind, byte[] payload, bool fin = true, bool masked = true, byte reserved = 0)
    {
        var frame = new List<byte> { (byte)((fin ? 0x80 : 0) | reserved | kind) };
        var mask = masked ? 0x80 : 0;
        Span<byte> length = stackalloc byte[8];
        switch (payload.Length)
        {
            case < 126:
                frame.Add((byte)(mask | payload.Length));
                break;
            case <= ushort.MaxValue:
                frame.Add((byte)(mask | 126));
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
                frame.AddRange(length[..2]);
                break;
            default:
                frame.Add((byte)(mask | 127));
                BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)payload.Length);
                frame.AddRange(length);
                break;
        }

        if (masked)
        {
            // A mask of zeros is a mask: the payload stands as it is, and a report shows it.
            frame.AddRange([0, 0, 0, 0]);
        }

        frame.AddRange(payload);
        return [.. frame];
    }
}
