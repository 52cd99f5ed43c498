namespace Bzt.MobileApp.Components;

public enum ResultKind
{
    Done,
    /// <summary>Some of it.</summary>
    Part,
    /// <summary>By the user's own choice.</summary>
    Refused,
    Failed,
    /// <summary>The answer is still being asked for.</summary>
    Unknown,
}
