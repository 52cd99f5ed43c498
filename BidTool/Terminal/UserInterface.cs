using System.Text.Encodings.Web;
using System.Text.Json;
using Bzt.BidTool.Commands;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using QRCoder;
using Spectre.Console;

namespace Bzt.BidTool.Terminal;

/// <summary>What the person, or with <c>--json</c> the program, at the PC sees.</summary>
internal abstract class UserInterface
{
    public static UserInterface Create(bool json) => json ? new JsonInterface() : new PersonInterface();

    /// <summary>Before anything is asked for: whether its QR can be shown.</summary>
    /// <exception cref="ToolException">Nobody would see it.</exception>
    public virtual void NeedQr()
    {
    }

    /// <summary>Shows a QR that is renewed every second until disposed.</summary>
    public abstract IShownQr ShowQr(string purpose, Func<string> link, string? checkCode);

    /// <summary>Says that a request went to the phone without a QR.</summary>
    public abstract IShownQr ShowPushed(string purpose, SealingSessionStatus sealing);

    public abstract IProgress<BidFileProgress> Progress(string what);

    /// <summary>A line on the way.</summary>
    public abstract void Said(string text);

    /// <summary>Lets a person choose; a program gets the first.</summary>
    public abstract int Choose(string question, IReadOnlyList<string> choices);

    public abstract void Done(string what, IReadOnlyDictionary<string, object?> facts);

    public abstract void Failed(string code, string text);

    /// <summary>One seal of a document, judged.</summary>
    /// <param name="title">Which, and whether it is valid.</param>
    /// <param name="words">For a person.</param>
    /// <param name="facts">For a program.</param>
    public abstract void Seal(string title, IEnumerable<(string Name, string Value)> words, Dictionary<string, object?> facts);

    protected static string StateInWords(SessionState state) => state switch
    {
        SessionState.Created => Words.Say("请用标证通扫码", "Scan with the phone app"),
        SessionState.Scanned => Words.Say("已扫码，请在手机上确认", "Scanned: confirm on the phone"),
        SessionState.Confirmed => Words.Say("已确认，正在处理…", "Confirmed, working…"),
        _ => Words.Say("完成", "Done"),
    };

    protected static string PushedInWords(SealingSessionStatus sealing) => sealing switch
    {
        { State: SealingSessionState.Paused } => Words.Say("会话已暂停，请在手机上输入PIN码继续", "The session is paused: enter the PIN on the phone"),
        { Automatic: true } => Words.Say("已推送到手机，自动签章中", "On the phone, which seals by itself"),
        _ => Words.Say("已推送到手机，请在手机上确认", "On the phone: confirm there"),
    };

    private sealed class JsonInterface : UserInterface
    {
        private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        private readonly Lock gate = new();

        public override IShownQr ShowQr(string purpose, Func<string> link, string? checkCode) => new Ticker(link, text => Write("qr", new() { ["purpose"] = purpose, ["link"] = text, ["checkCode"] = checkCode }), state => Write("state", new() { ["state"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString()) }));

        public override IShownQr ShowPushed(string purpose, SealingSessionStatus sealing)
        {
            Write("pushed", new() { ["purpose"] = purpose, ["sealingSession"] = sealing.SealingSessionId, ["text"] = PushedInWords(sealing) });
            return new Quiet(state => Write("state", new() { ["state"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString()) }));
        }

        public override IProgress<BidFileProgress> Progress(string what)
        {
            var last = -1L;
            var pace = new Pace();
            return new Immediate(progress =>
            {
                var percent = Pace.Percent(progress);
                if (percent != last)
                {
                    last = percent;
                    var (rate, left) = pace.At(progress);
                    Write("progress", new()
                    {
                        ["what"] = what,
                        ["section"] = progress.Section,
                        ["done"] = progress.Done,
                        ["total"] = progress.Total,
                        ["bytesPerSecond"] = (long)rate,
                        ["secondsLeft"] = (long)Math.Ceiling(left.TotalSeconds),
                    });
                }
            });
        }

        public override void Said(string text) => Write("said", new() { ["text"] = text });

        public override int Choose(string question, IReadOnlyList<string> choices) => 0;

        public override void Done(string what, IReadOnlyDictionary<string, object?> facts) => Write("done", new(facts) { ["what"] = what });

        public override void Failed(string code, string text) => Write("failed", new() { ["code"] = code, ["text"] = text });

        public override void Seal(string title, IEnumerable<(string Name, string Value)> words, Dictionary<string, object?> facts) => Write("seal", facts);

        private void Write(string kind, Dictionary<string, object?> facts)
        {
            facts["event"] = kind;
            lock (gate)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(facts, Options));
            }
        }
    }

    private sealed class PersonInterface : UserInterface
    {
        private readonly Lock gate = new();
        private int linesUp;

        public override void NeedQr()
        {
            if (Console.IsOutputRedirected)
            {
                throw new ToolException("no_terminal", Words.Say(
                    "输出不是终端，无法显示二维码：请在终端中运行，或加 --json 由程序读取", "The output is no terminal, so nobody would see the QR: run it in a terminal, or with --json for a program"));
            }
        }

        public override IShownQr ShowQr(string purpose, Func<string> link, string? checkCode)
        {
            Console.Out.WriteLine(purpose);
            if (checkCode is not null)
            {
                Console.Out.WriteLine(Words.Say($"核对码 {checkCode}，应与手机一致", $"Check code {checkCode}: the phone has to show the same"));
            }

            linesUp = 0;
            return new Ticker(link, Draw, state =>
            {
                lock (gate)
                {
                    Console.Out.WriteLine(StateInWords(state));
                    linesUp = 0;
                }
            });
        }

        public override IShownQr ShowPushed(string purpose, SealingSessionStatus sealing)
        {
            Console.Out.WriteLine($"{purpose}：{PushedInWords(sealing)}");
            return new Quiet(state =>
            {
                if (state != SessionState.Scanned)
                {
                    Console.Out.WriteLine(StateInWords(state));
                }
            });
        }

        public override IProgress<BidFileProgress> Progress(string what)
        {
            var pace = new Pace();
            return new Immediate(progress =>
            {
                if (Console.IsOutputRedirected || !pace.IsDue(progress))
                {
                    return;
                }

                var (rate, left) = pace.At(progress);
                var percent = Pace.Percent(progress);
                var bar = new string('█', (int)percent / 4).PadRight(25, '░');
                Console.Out.Write($"\r{what} {bar} {percent,3}%  {rate / (1 << 20):F1} MiB/s  {Words.Say("剩余", "left")} {left:hh\\:mm\\:ss}  ");
                if (progress.Done >= progress.Total)
                {
                    Console.Out.WriteLine();
                }
            });
        }

        public override void Said(string text) => Console.Out.WriteLine(text);

        public override int Choose(string question, IReadOnlyList<string> choices) => Console.IsInputRedirected || Console.IsOutputRedirected
            ? 0
            : AnsiConsole.Prompt(new SelectionPrompt<int>().Title(Markup.Escape(question)).AddChoices(Enumerable.Range(0, choices.Count)).UseConverter(i => Markup.Escape(choices[i])));

        public override void Done(string what, IReadOnlyDictionary<string, object?> facts)
        {
            Console.Out.WriteLine(what);
            foreach (var line in Facts.Lines(facts))
            {
                Console.Out.WriteLine(line);
            }
        }

        public override void Failed(string code, string text) => Console.Error.WriteLine(text);

        public override void Seal(string title, IEnumerable<(string Name, string Value)> words, Dictionary<string, object?> facts)
        {
            Console.Out.WriteLine(title);
            foreach (var (name, value) in words)
            {
                Console.Out.WriteLine($"  {name}：{value}");
            }
        }

        private void Draw(string link)
        {
            using var data = QRCodeGenerator.GenerateQrCode(link, QRCodeGenerator.ECCLevel.L);
            using var code = new AsciiQRCode(data);
            var picture = code.GetGraphicSmall(drawQuietZones: true);
            lock (gate)
            {
                if (linesUp > 0)
                {
                    Console.Out.Write($"\u001b[{linesUp}A");
                }

                Console.Out.WriteLine(picture);
                linesUp = picture.Count(c => c == '\n') + 1;
            }
        }
    }

    /// <summary>Reports on the reporting thread, in order; the framework's own goes through the thread pool.</summary>
    private sealed class Immediate(Action<BidFileProgress> report) : IProgress<BidFileProgress>
    {
        public void Report(BidFileProgress value) => report(value);
    }

    /// <summary>Nothing to draw: only the states are said.</summary>
    private sealed class Quiet(Action<SessionState> say) : IShownQr
    {
        public void State(SessionState now) => say(now);

        public void Dispose()
        {
        }
    }

    /// <summary>A new link every second, until somebody has scanned it.</summary>
    private sealed class Ticker : IShownQr
    {
        private readonly Action<SessionState> state;
        private readonly Timer timer;
        private volatile bool scanned;

        public Ticker(Func<string> link, Action<string> draw, Action<SessionState> state)
        {
            this.state = state;
            timer = new Timer(_ =>
            {
                if (!scanned)
                {
                    draw(link());
                }
            }, null, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }

        public void State(SessionState now)
        {
            scanned = now != SessionState.Created;
            state(now);
        }

        public void Dispose() => timer.Dispose();
    }
}

/// <summary>A QR on the screen, or the word that a request is on the phone.</summary>
internal interface IShownQr : IDisposable
{
    void State(SessionState now);
}
