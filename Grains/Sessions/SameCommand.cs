using System.Text.Json;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Sessions;

/// <summary>Whether a repeated request is the same request: compared by what would be stored, since records compare lists by reference.</summary>
internal static class SameCommand
{
    public static bool Is(CreateSession known, CreateSession repeated) =>
        JsonSerializer.SerializeToUtf8Bytes(known, StateJson.Options).AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(repeated, StateJson.Options));
}
