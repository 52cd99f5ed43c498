using Bzt.LoadTests;
using Bzt.LoadTests.BidFiles;
using Bzt.LoadTests.Chaos;
using Bzt.LoadTests.Ciphers;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Fuzzing;
using Bzt.LoadTests.Runs;
using Bzt.LoadTests.Scenarios;
using Bzt.LoadTests.Sm2;

// A command is one word or two; what follows goes to its handler, whose result is the exit code.
var commands = new Dictionary<string, Command>(StringComparer.Ordinal)
{
    ["flows"] = new(FlowsCommand.Usage, FlowsCommand.Run),
    ["deadline"] = ScenarioCommand.Of(new DeadlineScenario()),
    ["connected"] = ScenarioCommand.Of(new ConnectedScenario()),
    ["soak"] = ScenarioCommand.Of(new SoakScenario()),
    ["flood"] = ScenarioCommand.Of(new FloodScenario()),
    ["opening"] = ScenarioCommand.Of(new OpeningScenario()),
    ["chaos"] = ScenarioCommand.Of(new ChaosScenario()),
    ["writes"] = ScenarioCommand.Of(new WritesScenario()),
    ["certificates"] = ScenarioCommand.Of(new CertificatesScenario()),
    ["fuzz"] = ScenarioCommand.Of(new FuzzScenario()),
    ["compare"] = new(CompareCommand.Usage, CompareCommand.Run),
    ["bench sm2"] = new("[--json FILE]: speed of the group's operations beside BouncyCastle's", Bench.Run),
    ["bench stage"] = new("[--json FILE]: the silo's stage: what a lone operation waits, what company gains", StageBench.Run),
    ["bench flow"] = new("[--json FILE]: the cryptography of one flow at the server, whole and in parts", FlowBench.Run),
    ["bench cipher"] = new("[--json FILE]: do SM3 and SM4-GCM limit a flow or a bid file", CipherBench.Run),
    ["bench bidfile"] = new(BidFileBench.Usage, BidFileBench.Run),
    ["verify sm2"] = new("[--count N]: long agreement with BouncyCastle", Verify.Run),
    ["dudect sm2"] = new("[--seconds N]: does time depend on secrets (Welch's test)", Dudect.Run),
    ["trace sm2"] = new(": for callgrind and the JIT's listings, see the tests", Trace.Run),
};

for (var words = 1; words <= Math.Min(2, args.Length); words++)
{
    if (commands.TryGetValue(string.Join(' ', args[..words]), out var command))
    {
        var options = args[words..];
        if (!command.HasHelp && CommandLine.AsksForHelp(options))
        {
            Console.WriteLine($"usage: loadtests {string.Join(' ', args[..words])} {command.Usage}");
            return 0;
        }

        return await command.Handler(options);
    }
}

Console.Error.WriteLine("usage: loadtests COMMAND");
foreach (var (name, entry) in commands)
{
    Console.Error.WriteLine($"  {name} {entry.Usage}");
}

return 2;
