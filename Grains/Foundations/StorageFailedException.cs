using Orleans.Runtime;

namespace Bzt.Grains.Foundations;

/// <summary>The store failed. After a write the outcome is unknown: deactivate and reload before going on.</summary>
[GenerateSerializer, Alias("bzt.storage-failed")]
public class StorageFailedException : OrleansException
{
    public StorageFailedException(string message) : base(message)
    {
    }
}

/// <summary>What the store has is no state of this release. Trying again changes nothing: nobody reads this row, and its grain does nothing, until somebody mends it.</summary>
[GenerateSerializer, Alias("bzt.state-unreadable")]
public sealed class StateUnreadableException : StorageFailedException
{
    public StateUnreadableException(string message) : base(message)
    {
    }
}
