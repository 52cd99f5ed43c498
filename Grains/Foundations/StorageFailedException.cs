using Orleans.Runtime;

namespace Bzt.Grains.Foundations;

/// <summary>The store failed. After a write the outcome is unknown: deactivate and reload before going on.</summary>
[GenerateSerializer, Alias("bzt.storage-failed")]
public sealed class StorageFailedException : OrleansException
{
    public StorageFailedException(string message) : base(message)
    {
    }
}
