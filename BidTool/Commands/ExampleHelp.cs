using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Bzt.BidTool.Terminal;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>The library's help with the command's examples below.</summary>
internal sealed class ExampleHelp(HelpAction usual, IReadOnlyDictionary<Command, string[]> examples) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        using var help = new StringWriter();
        parseResult.InvocationConfiguration.Output = help;
        var result = usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        output.Write(ParserTexts.Say(help.ToString()));
        if (examples.TryGetValue(parseResult.CommandResult.Command, out var lines))
        {
            output.WriteLine(Say("例：", "Examples:"));
            foreach (var line in lines)
            {
                output.WriteLine($"  {line}");
            }
        }

        return result;
    }
}
