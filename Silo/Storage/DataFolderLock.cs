namespace Bzt.Silo.Storage;

/// <summary>One process for one data folder: two embedded silos on it would be two clusters over the same states.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream file;

    public DataFolderLock(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            // The system lets go of it when the process ends, however it ends.
            file = new FileStream(Path.Combine(folder, "bzt.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new IOException($"Another process uses the data folder {folder}.", exception);
        }
    }

    public void Dispose() => file.Dispose();
}
