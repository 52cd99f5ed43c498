using Bzt.LoadTests;
using Bzt.LoadTests.Sm2;

// A command is two words; what follows goes to its handler, whose result is the exit code.
var commands = new Dictionary<string, Command>(StringComparer.Ordinal)
{
    ["bench sm2"] = new("[--json FILE]: speed of the group's operations beside BouncyCastle's", Bench.Run),
    ["verify sm2"] = new("[--count N]: long agreement with BouncyCastle", Verify.Run),
    ["dudect sm2"] = new("[--seconds N]: does time depend on secrets (Welch's test)", Dudect.Run),
    ["trace sm2"] = new(": for callgrind and the JIT's listings, see the tests", Trace.Run),
};

if (args.Length >= 2 && commands.TryGetValue($"{args[0]} {args[1]}", out var command))
{
    return await command.Handler(args[2..]);
}

Console.Error.WriteLine("usage: loadtests COMMAND");
foreach (var (name, entry) in commands)
{
    Console.Error.WriteLine($"  {name} {entry.Usage}");
}

return 2;
