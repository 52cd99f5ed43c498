namespace Bzt.Grains.Foundations;

/// <summary>What operators declared about the store: that it was restored from a backup, and is older than what phones know.</summary>
public interface IStoreRestores
{
    /// <summary>How often. It changes only while no process runs on the store.</summary>
    int Declared { get; }

    /// <summary>When the newest was; null without any.</summary>
    DateTimeOffset? Newest { get; }
}
