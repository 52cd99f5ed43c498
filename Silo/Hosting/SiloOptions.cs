using System.ComponentModel.DataAnnotations;
using System.Net;
using Bzt.Silo.Storage;

namespace Bzt.Silo.Hosting;

/// <summary>Section <c>Storage</c>: where everything durable lies.</summary>
public sealed class StorageOptions : IValidatableObject
{
    public const string Section = "Storage";

    /// <summary><c>sqlite</c>: embedded, one process. <c>postgres</c>: a cluster.</summary>
    public string Provider { get; set; } = "sqlite";

    /// <summary>The folder of the embedded form: database and blobs.</summary>
    public string? DataFolder { get; set; }

    /// <summary>The cluster's PostgreSQL.</summary>
    public string? ConnectionString { get; set; }

    public bool IsEmbedded => Provider == "sqlite";

    /// <summary>The embedded form's database.</summary>
    internal string DatabaseFile => Path.Combine(DataFolder!, "bzt.db");

    /// <summary>The store for an operator's command: one that is there.</summary>
    internal SqlStore OpenExisting() =>
        !IsEmbedded ? new PostgresStore(ConnectionString!)
        : File.Exists(DatabaseFile) ? new SqliteStore(DatabaseFile)
        : throw new InvalidOperationException($"There is no database in {DataFolder}.");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider is not ("sqlite" or "postgres"))
        {
            yield return new("Storage:Provider is sqlite or postgres.", [nameof(Provider)]);
        }
        else if (IsEmbedded && string.IsNullOrWhiteSpace(DataFolder))
        {
            yield return new("Storage:DataFolder names the folder of the embedded form.", [nameof(DataFolder)]);
        }
        else if (IsEmbedded && !string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return new("Storage:ConnectionString is for postgres: with sqlite it would be ignored.", [nameof(ConnectionString)]);
        }
        else if (!IsEmbedded && string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return new("Storage:ConnectionString names the cluster's PostgreSQL.", [nameof(ConnectionString)]);
        }
    }
}

/// <summary>Section <c>Cluster</c>: how silos find and reach each other. The embedded form has one silo and needs none of it.</summary>
public sealed class ClusterSettings : IValidatableObject
{
    public const string Section = "Cluster";

    /// <summary><c>embedded</c> or <c>cluster</c>; without it, what the storage provider says.</summary>
    public string? Mode { get; set; }

    /// <summary>States are filed under it: it never changes for a deployment.</summary>
    [Required]
    public string ServiceId { get; set; } = "bzt";

    [Required]
    public string ClusterId { get; set; } = "bzt";

    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address other processes reach this silo at; without it, the first address of the host.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>In a container, where the advertised address is not one the process can bind.</summary>
    public bool ListenOnAnyAddress { get; set; }

    /// <summary>How many silos must suspect another before it counts as dead: 2 with three silos or more.</summary>
    [Range(1, 10)]
    public int VotesForDeath { get; set; } = 1;

    /// <summary>Another release than the build's: for rehearsing an upgrade with one build.</summary>
    public string? Release { get; set; }

    internal Release ProcessRelease => Release is { } text && Hosting.Release.TryParse(text, out var stated) ? stated : Hosting.Release.OfThisBuild;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Release is not null && !Hosting.Release.TryParse(Release, out _))
        {
            yield return new("Cluster:Release is a version: 1.2.3, its last two parts below 100.", [nameof(Release)]);
        }

        if (AdvertisedAddress is not null && !IPAddress.TryParse(AdvertisedAddress, out _))
        {
            yield return new("Cluster:AdvertisedAddress is an IP address.", [nameof(AdvertisedAddress)]);
        }
    }
}
