namespace Bzt.Simulators.Pages;

/// <summary>As providers show people on pages that anybody with the address sees.</summary>
static class Masked
{
    public static string Name(string name) => $"{new string('*', Math.Max(0, name.Length - 1))}{name[^1..]}";

    public static string IdNumber(string number) => number.Length > 2 ? $"{number[0]}{new string('*', number.Length - 2)}{number[^1]}" : "**";
}
