using Microsoft.Extensions.Logging;

namespace Bzt.Grains.Applications.Catalogue;

/// <summary>
/// The catalogue in force: the operator's file, read again when it changed. A file that became bad changes nothing but the log;
/// a process does not start on one.
/// </summary>
public sealed partial class CatalogueSource
{
    private readonly string path;
    private readonly ILogger<CatalogueSource> log;
    private readonly Lock gate = new();
    private (DateTime WrittenAt, long Length) seen;
    private CatalogueView current;
    private DateTimeOffset readAt;
    private IReadOnlyList<string> refused = [];

    /// <exception cref="InvalidDataException">The file is missing or has faults; the message lists them.</exception>
    public CatalogueSource(string path, ILogger<CatalogueSource> log)
    {
        this.path = path;
        this.log = log;
        if (!TryRead(out var catalogue, out var faults))
        {
            throw new InvalidDataException($"The catalogue {path} cannot be used. {string.Join(' ', faults)}");
        }

        (current, readAt) = (catalogue, seen.WrittenAt);
    }

    public CatalogueView Current
    {
        get
        {
            lock (gate)
            {
                if (Mark() != seen)
                {
                    Reload();
                }

                return current;
            }
        }
    }

    /// <summary>What is in force, and what is wrong with the file as it lies there now.</summary>
    public CatalogueStatus Status
    {
        get
        {
            lock (gate)
            {
                var inForce = Current;
                return new CatalogueStatus(readAt, inForce.Provinces.Sum(province => province.Platforms.Count), inForce.CertificateAuthorities.Count, refused);
            }
        }
    }

    private void Reload()
    {
        if (TryRead(out var catalogue, out var faults))
        {
            (current, readAt, refused) = (catalogue, seen.WrittenAt, []);
            LogReloaded(path);
        }
        else
        {
            refused = faults;
            LogRefused(path, string.Join(' ', faults));
        }
    }

    private bool TryRead([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CatalogueView? catalogue, out IReadOnlyList<string> faults)
    {
        // The mark before the text: a change between the two is seen at the next look.
        seen = Mark();
        try
        {
            return CatalogueFile.TryParse(File.ReadAllText(path), out catalogue, out faults);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            catalogue = null;
            faults = [exception.Message];
            return false;
        }
    }

    private (DateTime WrittenAt, long Length) Mark()
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "The catalogue {Path} was read again.")]
    private partial void LogReloaded(string path);

    [LoggerMessage(EventId = 301, Level = LogLevel.Error, Message = "The catalogue {Path} changed but cannot be used; the one before stays in force. {Faults}")]
    private partial void LogRefused(string path, string faults);
}
