using System.Text;
using Bzt.BidTool.Commands;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Locks;

/// <summary>
/// The lock's PIN: typed unseen, or the first line of the standard input when that is no terminal. Never an option or a variable of the environment, which
/// others on the machine can read.
/// </summary>
internal static class PinEntry
{
    public static byte[] Read()
    {
        var pin = Console.IsInputRedirected ? Console.In.ReadLine() ?? "" : Type();
        return pin.Length > 0 ? Encoding.UTF8.GetBytes(pin) : throw new ToolException("pin_missing", Say("没有输入CA锁的PIN码", "No PIN was entered"));
    }

    private static string Type()
    {
        Console.Error.Write(Say("CA锁PIN码：", "PIN of the CA lock: "));
        var typed = new StringBuilder();
        for (ConsoleKeyInfo key; (key = Console.ReadKey(intercept: true)).Key != ConsoleKey.Enter;)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
