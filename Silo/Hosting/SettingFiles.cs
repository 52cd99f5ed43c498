namespace Bzt.Silo.Hosting;

/// <summary>
/// Settings that come as files. Secrets do: an environment is shown by process lists and crash reports. What a file says wins.
/// </summary>
public static class SettingFiles
{
    /// <summary>A folder with a file for each setting, named as in an environment: <c>Storage__ConnectionString</c>.</summary>
    public const string Folder = "SettingFiles:Folder";

    /// <summary>A JSON file of settings.</summary>
    public const string Json = "SettingFiles:Json";

    public static void AddSettingFiles(this IHostApplicationBuilder builder)
    {
        var (json, folder) = (builder.Configuration[Json], builder.Configuration[Folder]);
        if (json is not null)
        {
            builder.Configuration.AddJsonFile(Path.GetFullPath(json), optional: false);
        }

        if (folder is not null)
        {
            builder.Configuration.AddKeyPerFile(Path.GetFullPath(folder), optional: false);
        }
    }
}
