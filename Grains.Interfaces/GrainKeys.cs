namespace Bzt.Grains;

/// <summary>The one place that knows how a grain is addressed.</summary>
public static class GrainKeys
{
    // Each entity's folder adds its own extension method here when its interface lands.
}
