namespace Bzt.MobileApp.Components;

/// <summary>What can be done with a row: behind a swipe, and in the menu that is its twin.</summary>
public sealed record RowAction(string Text, Func<Task> Do, bool Harm = false);
