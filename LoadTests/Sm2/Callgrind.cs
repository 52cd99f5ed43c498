using System.Runtime.InteropServices;
using System.Text;

namespace Bzt.LoadTests.Sm2;

/// <summary>
/// Valgrind's client requests (valgrind.h, callgrind.h): a sequence of rotations that does nothing on a processor and
/// is a message to Valgrind. It is not expressible in C#, so its few bytes are put into executable memory.
/// </summary>
internal static unsafe partial class Callgrind
{
    private const long RunningOnValgrind = 0x1001;
    private const long Tool = ('C' << 24) | ('T' << 16);
    private const long ZeroStatistics = 1, DumpStatisticsAt = 3, StartInstrumentation = 4, StopInstrumentation = 5;

    private static readonly delegate* unmanaged<long*, long> Send = Compile();

    /// <summary>Whether this process runs under Valgrind.</summary>
    public static bool IsPresent { get; } = Send != null && Request(RunningOnValgrind) != 0;

    /// <summary>Counts what an operation executes and writes the counts to a file of their own, under a name.</summary>
    public static void Observe(string name, Action operation)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            Request(Tool + StartInstrumentation);
            Request(Tool + ZeroStatistics);
            operation();
            Request(Tool + DumpStatisticsAt, (long)text);
            Request(Tool + StopInstrumentation);
        }
    }

    private static long Request(long code, long argument = 0)
    {
        var message = stackalloc long[6];
        message[0] = code;
        message[1] = argument;
        return Send(message);
    }

    private static delegate* unmanaged<long*, long> Compile()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return null;
        }

        ReadOnlySpan<byte> code =
        [
            0x48, 0x89, 0xF8,       // mov rax, rdi
            0x31, 0xD2,             // xor edx, edx
            0x48, 0xC1, 0xC7, 3,    // rol rdi, 3
            0x48, 0xC1, 0xC7, 13,   // rol rdi, 13
            0x48, 0xC1, 0xC7, 61,   // rol rdi, 61
            0x48, 0xC1, 0xC7, 51,   // rol rdi, 51
            0x48, 0x87, 0xDB,       // xchg rbx, rbx
            0x48, 0x89, 0xD0,       // mov rax, rdx
            0xC3,                   // ret
        ];
        const int readWriteExecute = 7, privateAnonymous = 0x22;
        var page = MapMemory(0, 4096, readWriteExecute, privateAnonymous, -1, 0);
        if (page == -1)
        {
            return null;
        }

        code.CopyTo(new Span<byte>((void*)page, 4096));
        return (delegate* unmanaged<long*, long>)page;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint MapMemory(nint address, nint length, int protection, int flags, int file, nint offset);
}
