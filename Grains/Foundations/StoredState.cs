using System.Text.Json.Nodes;

namespace Bzt.Grains.Foundations;

/// <summary>The version of a state's stored form. Without it a state is at version 1.</summary>
/// <remarks>
/// Raise it whenever an older release could not read what this one writes, or would misunderstand it; then add an
/// <see cref="IStateUpcaster"/> from the old version and a golden file of the new one.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class StateVersionAttribute(byte version) : Attribute
{
    public byte Version { get; } = version;
}

/// <summary>Turns one stored version of a state into the next, on its JSON, before the current type sees it.</summary>
/// <remarks>
/// Found by type in the grains' assembly: write the class beside the state. Every version ever released keeps its
/// upcaster, since a row is rewritten only when its grain next writes.
/// </remarks>
public interface IStateUpcaster
{
    Type State { get; }

    /// <summary>The version it reads; it writes the version after.</summary>
    byte From { get; }

    JsonObject Upcast(JsonObject state);
}
