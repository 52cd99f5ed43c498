using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Bzt.Protocol.Arithmetic;
using Xunit;

namespace Bzt.Tests.Protocol.Arithmetic;

/// <summary>
/// Time must not depend on secrets. <c>loadtests trace sm2</c> runs every operation on many classes of scalars in a
/// process of its own; here it is observed, and leaks planted on purpose show that the observation would notice.
/// </summary>
public partial class ConstantTimeTests
{
    /// <summary>Methods over eight lanes without a loop: nothing in them may branch or index.</summary>
    private static readonly string[] StraightLine =
    [
        "FieldLanes`1[Bzt.Protocol.Arithmetic.Lanes8]:Multiply(",
        "FieldLanes`1[Bzt.Protocol.Arithmetic.Lanes8]:Square(",
        "JacobianPoint`1[Bzt.Protocol.Arithmetic.FieldLanes`1[Bzt.Protocol.Arithmetic.Lanes8]]:Double(",
        "JacobianPoint`1[Bzt.Protocol.Arithmetic.FieldLanes`1[Bzt.Protocol.Arithmetic.Lanes8]]:Add(",
        "ProjectivePoint`1[Bzt.Protocol.Arithmetic.FieldLanes`1[Bzt.Protocol.Arithmetic.Lanes8]]:Add(",
        "ProjectivePoint`1[Bzt.Protocol.Arithmetic.FieldLanes`1[Bzt.Protocol.Arithmetic.Lanes8]]:From(byref,byref)",
        "BatchPoints`1[Bzt.Protocol.Arithmetic.Lanes8]:Accumulate(",
        "BatchPoints`1[Bzt.Protocol.Arithmetic.Lanes8]:MoveInfinityIf(",
    ];

    /// <summary>Methods that loop over windows and entries: no number may get from a lane to where branches are made.</summary>
    private static readonly string[] Looping =
    [
        "BatchMultiplication`1[Bzt.Protocol.Arithmetic.Lanes8]:Comb(",
        "BatchMultiplication`1[Bzt.Protocol.Arithmetic.Lanes8]:Window(",
        "BatchMultiplication`1[Bzt.Protocol.Arithmetic.Lanes8]:Scan(",
        "BatchMultiplication`1[Bzt.Protocol.Arithmetic.Lanes8]:FillTable(",
    ];

    /// <summary>For the form for one and for four lanes (Valgrind knows no AVX-512).</summary>
    [Fact]
    public void The_number_of_instructions_is_the_same_for_all_classes_of_secrets()
    {
        const string valgrind = "/usr/bin/valgrind";
        SkipUnlessOptimized();
        Assert.SkipUnless(File.Exists(valgrind), "Valgrind is not installed.");
        var folder = Directory.CreateTempSubdirectory("bzt-callgrind-").FullName;
        try
        {
            var output = Run(
                valgrind,
                ["--tool=callgrind", "--separate-threads=yes", "--instr-atstart=no", "--smc-check=all-non-file", $"--callgrind-out-file={folder}/out", Dotnet, Tool, "trace", "sm2"],
                []);
            Assert.Contains("4 lanes", output, StringComparison.Ordinal);
            var counts = new Dictionary<string, Dictionary<string, long>>();
            // The first thread's counts: the runtime's own threads stay out of it.
            foreach (var file in Directory.EnumerateFiles(folder, "out.*-01"))
            {
                ReadDump(file, counts);
            }

            Assert.Equal(12, counts.Count);
            foreach (var (operation, classes) in counts)
            {
                Assert.Equal(7, classes.Count);
                var same = classes.Values.Distinct().Count() == 1;
                var listing = string.Join(", ", classes.Select(c => $"{c.Key} {c.Value}"));
                if (operation.StartsWith("planted branch", StringComparison.Ordinal))
                {
                    Assert.False(same, $"{operation} was not noticed: {listing}");
                }
                else
                {
                    Assert.True(same, $"{operation}: {listing}");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>For eight lanes: the machine code the JIT makes.</summary>
    [Fact]
    public void The_code_for_eight_lanes_neither_branches_nor_indexes_by_what_is_in_a_lane()
    {
        SkipUnlessOptimized();
        Assert.SkipUnless(Lanes8.IsSupported, "This machine has no AVX-512.");
        var file = Path.GetTempFileName();
        try
        {
            Run(
                Dotnet,
                [Tool, "trace", "sm2"],
                new() { ["DOTNET_JitStdOutFile"] = file, ["DOTNET_JitDisasm"] = "Bzt.Protocol.Arithmetic.*:* Bzt.LoadTests.Sm2.Planted:*" });
            var listings = File.ReadAllText(file).Split("; Assembly listing for method ", StringSplitOptions.RemoveEmptyEntries);
            string Find(string method) => Assert.Single(
                listings, l => l[..Math.Max(0, l.IndexOf('\n', StringComparison.Ordinal))].Contains(method, StringComparison.Ordinal));
            foreach (var method in StraightLine)
            {
                var code = Find(method);
                Assert.Empty(Transfers(code));
                Assert.Empty(Choices(code));
            }

            Assert.Contains("zmm", Find(StraightLine[0]), StringComparison.Ordinal);
            foreach (var method in Looping)
            {
                Assert.Empty(Transfers(Find(method)));
            }

            var branch = Find("Planted:LanesBranch(");
            Assert.NotEmpty(Transfers(branch));
            Assert.NotEmpty(Choices(branch));
            var index = Find("Planted:LanesIndex(");
            Assert.NotEmpty(Transfers(index));
            Assert.NotEmpty(Choices(index));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static string Tool => Path.Combine(AppContext.BaseDirectory, "loadtests.dll");

    private static void SkipUnlessOptimized()
    {
        var debuggable = (DebuggableAttribute?)Attribute.GetCustomAttribute(typeof(Sm2Group).Assembly, typeof(DebuggableAttribute));
        Assert.SkipWhen(debuggable?.IsJITOptimizerDisabled ?? false, "A debug build is not the code that ships.");
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64,
            "The observers are for Linux on x64.");
    }

    private static string Run(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        // Compiled in full at once: no code is replaced while it is observed.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + error.GetAwaiter().GetResult());
        return output;
    }

    /// <summary>A dump names its operation and class; of several the least counts.</summary>
    private static void ReadDump(string file, Dictionary<string, Dictionary<string, long>> counts)
    {
        string? name = null;
        long? total = null;
        foreach (var line in File.ReadLines(file))
        {
            const string trigger = "desc: Trigger: Client Request: ", totals = "totals: ";
            if (line.StartsWith(trigger, StringComparison.Ordinal))
            {
                name = line[trigger.Length..];
            }
            else if (line.StartsWith(totals, StringComparison.Ordinal))
            {
                total = long.Parse(line[totals.Length..]);
            }
        }

        if (name is null || total is null)
        {
            return;
        }

        var at = name.LastIndexOf('/');
        var operation = name[..at].StartsWith("1/", StringComparison.Ordinal) ? "1/k" : name[..at];
        if (!counts.TryGetValue(operation, out var classes))
        {
            counts[operation] = classes = [];
        }

        var key = name[(at + 1)..];
        classes[key] = Math.Min(total.Value, classes.GetValueOrDefault(key, long.MaxValue));
    }

    /// <summary>Instructions by which a number leaves the vector registers for a general one or for the flags.</summary>
    private static string[] Transfers(string code) =>
    [
        .. Instruction().Matches(code).Select(m => m.Value.Trim())
            .Where(i => Transfer().IsMatch(i)),
    ];

    /// <summary>Conditional jumps, sets and moves, and memory addressed by an index.</summary>
    private static string[] Choices(string code) =>
    [
        .. Instruction().Matches(code).Select(m => m.Value.Trim())
            .Where(i => Choice().IsMatch(i)),
    ];

    [GeneratedRegex(@"^ {6,}[a-z]\w*.*$", RegexOptions.Multiline)]
    private static partial Regex Instruction();

    [GeneratedRegex(@"^(vmov[dq]\s+[er]|vpextr|v?pmovmsk|vmovmsk|kmov\w\s+[er]|kortest|ktest|vptest\s|vtestp|vu?comis|v?p?gather)")]
    private static partial Regex Transfer();

    [GeneratedRegex(@"^(j(?!mp)|set|cmov)|\[r\w+(\+\d\*r|\+r)")]
    private static partial Regex Choice();
}
