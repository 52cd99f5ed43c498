using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>The library's help with the command's examples below.</summary>
internal sealed class ExampleHelp(HelpAction usual, IReadOnlyDictionary<Command, string[]> examples) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        if (examples.TryGetValue(parseResult.CommandResult.Command, out var lines))
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(Say("例：", "Examples:"));
            foreach (var line in lines)
            {
                output.WriteLine($"  {line}");
            }
        }

        return result;
    }
}
