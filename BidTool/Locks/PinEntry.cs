using System.Text;
using Bzt.BidTool.Commands;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Locks;

/// <summary>
/// The lock's PIN: typed unseen, or the first line of the standard input when that is no terminal. Never an option or a variable of the environment, which
/// others on the machine can read. The last try is a person's: what comes from a script was perhaps wrong the times before.
/// </summary>
internal static class PinEntry
{
    /// <exception cref="ToolException">Nothing was entered; the lock is locked, or has one try left and nobody is there to type it.</exception>
    public static byte[] Read(PinTries tries)
    {
        if (tries == PinTries.None)
        {
            throw LockFailure.Locked();
        }

        if (tries == PinTries.Last && Console.IsInputRedirected)
        {
            throw new ToolException("last_try", Say("CA锁PIN码只剩最后一次机会：请在终端中亲自输入", "The CA lock's PIN has one try left: run the command at a terminal and type it yourself"));
        }

        var pin = Console.IsInputRedirected ? Console.In.ReadLine() ?? "" : Type(tries);
        return pin.Length > 0 ? Encoding.UTF8.GetBytes(pin) : throw new ToolException("pin_missing", Say("没有输入CA锁的PIN码", "No PIN was entered"));
    }

    private static string Type(PinTries tries)
    {
        Console.Error.Write(tries == PinTries.Last
            ? Say("CA锁PIN码（只剩最后一次，再错将锁定）：", "PIN of the CA lock (one try left: a wrong one locks it): ")
            : Say("CA锁PIN码：", "PIN of the CA lock: "));
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
