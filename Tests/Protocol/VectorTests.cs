using System.Text.Json;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;
using Xunit;

namespace Bzt.Tests.Protocol;

/// <summary>
/// Fixed vectors: a whole run of key generation and signing with known randomness, and messages that must fail, each with
/// its failure class. With BZT_WRITE_VECTORS=1 the files are written anew; the difference is then for a reviewer.
/// </summary>
public class VectorTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private readonly TestSealer sealer = new();

    [Fact]
    public void A_run_with_known_randomness_gives_these_messages()
    {
        var run = new Run(sealer);
        Assert.True(run.Sign().Verify(run.PublicKey, run.Digest));
        Compare("run.json", run.Messages.ToDictionary(message => message.Step, message => Convert.ToHexString(message.Bytes)));
    }

    [Fact]
    public void Each_message_that_must_fail_fails_in_its_class()
    {
        var run = new Run(sealer);
        var finish = run.Finish;
        var part = finish.Parts[0];
        Dictionary<string, byte[]> toSilo = new()
        {
            ["unchanged"] = finish.Encode(),
            ["truncated"] = finish.Encode()[..^1],
            ["left over"] = [.. finish.Encode(), 0],
            ["other version"] = [2, .. finish.Encode()[1..]],
            ["s1 zero"] = [.. finish.Encode()[..^32], .. new byte[32]],
            ["Q1 off the curve"] = [.. finish.Encode()[..^33], (byte)(finish.Encode()[^33] ^ 1), .. finish.Encode()[^32..]],
            ["s1 of another PIN"] = (finish with { Parts = [part with { S1 = part.S1 + Scalar.One }] }).Encode(),
            ["other Q1"] = (finish with { Parts = [part with { Q1 = Sm2Group.G }] }).Encode(),
            ["other salt"] = (finish with { Salt = new byte[32] }).Encode(),
            ["two parts for one document"] = (finish with { Parts = [part, part] }).Encode(),
            ["dead round"] = (finish with { RoundId = new byte[16] }).Encode(),
            ["other request"] = (finish with { RequestId = "other" }).Encode(),
            ["epoch ahead"] = (finish with { Epoch = 1 }).Encode(),
        };
        Dictionary<string, SigningOpened> toPhone = new()
        {
            ["unchanged"] = run.Opened,
            ["other W2"] = run.Opened with { W2 = [Sm2Group.G] },
            ["other round id"] = run.Opened with { RoundId = new byte[16] },
            ["other document"] = run.Opened with { Documents = [new HashOnlyForm(new byte[32], "other").ToDocument()] },
            ["proof shifted"] = run.Opened with { Proof = run.Opened.Proof with { Z = run.Opened.Proof.Z + Scalar.One } },
            ["no document"] = run.Opened with { Documents = [], W2 = [] },
        };
        var silo = toSilo.Select(v => new { role = "silo", name = v.Key, failure = new Run(sealer).AtSilo(v.Value), message = Convert.ToHexString(v.Value) });
        var phone = toPhone.Select(v => new
        {
            role = "phone", name = v.Key, failure = new Run(sealer).AtPhone(v.Value), message = Convert.ToHexString(v.Value.Encode()),
        });
        Compare("failures.json", silo.Concat(phone).ToArray());
    }

    private static void Compare(string file, object vectors)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "BztCluster.sln")))
        {
            folder = folder.Parent;
        }

        var path = Path.Combine(folder.FullName, "Tests", "Protocol", "vectors", file);
        var json = JsonSerializer.Serialize(vectors, Indented) + "\n";
        if (Environment.GetEnvironmentVariable("BZT_WRITE_VECTORS") == "1")
        {
            File.WriteAllText(path, json);
        }

        Assert.Equal(File.ReadAllText(path), json, ignoreLineEndingDifferences: true);
    }

    /// <summary>Bytes from SM3 over a seed and a counter.</summary>
    private sealed class SeededRandom(string seed) : IRandomSource
    {
        private int counter;

        public void Fill(Span<byte> destination)
        {
            foreach (ref var b in destination)
            {
                b = Sm3.Hash(TaggedHash.Part(seed), TaggedHash.Part(counter++))[0];
            }
        }
    }

    /// <summary>Both roles up to S3. Each step has randomness of its own, so that none depends on how much another draws.</summary>
    private sealed class Run
    {
        private readonly TestSealer sealer;
        private readonly OpenRounds rounds = new();
        private readonly SigningPhone phone;
        private readonly RoundWork work;
        private KeyShareState? state;

        public Run(TestSealer sealer)
        {
            this.sealer = sealer;
            using var keygen = new KeygenPhone("cert-1", "device-1", new SeededRandom("K1"));
            using var pin = new StretchedPin(new(new byte[16], 1), Sm3.Hash("493817"u8));
            var share = (KeygenShare)Step("K1", "K2", keygen.Commit());
            var confirmed = (KeygenConfirmed)Step("K3", "K4", keygen.Reveal(share, pin, new SeededRandom("K3"))!);
            var record = keygen.Complete(confirmed, pin)!;
            Messages.Add(("phone record", record.Encode()));
            var form = new HashOnlyForm(Sm3.Hash("message digest"u8), "合同");
            work = new RoundWork.Signing([form.ToDocument()]);
            phone = new SigningPhone("cert-1", "device-1", "r", 1, record, new SeededRandom("S0"));
            Opened = (SigningOpened)Step("S0", "S1", phone.Open());
            Assert.True(phone.Accept(Opened));
            Finish = phone.Finish(pin, Sm3.Hash("alpha"u8), new SeededRandom("S2"));
            (PublicKey, Digest) = (record.PublicKey, form.Hash);
        }

        public List<(string Step, byte[] Bytes)> Messages { get; } = [];

        public SigningOpened Opened { get; }

        public SigningFinish Finish { get; }

        public Point PublicKey { get; }

        public byte[] Digest { get; }

        public Sm2Signature Sign() => ((Signed)Step("S2", "S3", Finish)).Signatures[0];

        public string AtSilo(byte[] message) => PhoneRequest.TryParse(message, out var request)
            ? Step("", "", request!) switch
            {
                Signed => "none",
                Failed failed => failed.Reason.ToString(),
                var answer => answer.GetType().Name,
            }
            : "Malformed";

        public string AtPhone(SigningOpened answer) => phone.Accept(answer) ? "none" : nameof(ProtocolFailure.AnswerInvalid);

        private SiloAnswer Step(string request, string answer, PhoneRequest message)
        {
            var server = new KeyShareServer("cert-1", "device-1", sealer, new SeededRandom(answer));
            var decision = server.Decide(state, rounds, message, work, Now);
            state = decision.State;
            Messages.Add((request, message.Encode()));
            Messages.Add((answer, decision.Answer.Encode()));
            return decision.Answer;
        }
    }
}
