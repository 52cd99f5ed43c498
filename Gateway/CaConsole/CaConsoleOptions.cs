using System.ComponentModel.DataAnnotations;

namespace Bzt.Gateway.CaConsole;

/// <summary>Section <c>CaConsole</c>: the review desk of the CAs that run inside.</summary>
public sealed class CaConsoleOptions
{
    public const string Section = "CaConsole";

    /// <summary>What reviewers log in with. Without one there is no console.</summary>
    [MinLength(12)]
    public string? Password { get; set; }
}
