using Orleans.Runtime;

namespace Bzt.Grains.Foundations;

/// <summary>The root key cannot be reached, so nothing is sealed or opened. Nothing was done; the caller may ask again.</summary>
[GenerateSerializer, Alias("bzt.key-protection-unavailable")]
public sealed class KeyProtectionUnavailableException() : OrleansException("The root key cannot be reached.");
