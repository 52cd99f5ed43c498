namespace Bzt.MobileApp.Components;

/// <summary>One line of a <see cref="Choice"/>.</summary>
public sealed record Option(string Value, string Text, string? Note);
