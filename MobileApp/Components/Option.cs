namespace Bzt.MobileApp.Components;

/// <summary>One line of a <see cref="Choice"/> or a <see cref="SelectSheet"/>.</summary>
public sealed record Option(string Value, string Text, string? Note = null);
