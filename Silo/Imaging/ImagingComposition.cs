using System.ComponentModel.DataAnnotations;
using Bzt.Grains.Seals;
using Bzt.Silo.Hosting;

namespace Bzt.Silo.Imaging;

/// <summary>Section <c>Imaging</c>.</summary>
public sealed class ImagingOptions
{
    public const string Section = "Imaging";

    /// <summary>The font of documents, with TrueType outlines and Chinese characters; without it the system's folders are searched.</summary>
    public string? FontFile { get; set; }

    /// <summary>Pictures and documents worked on at a time. A photo takes up to 250 MB while it is.</summary>
    [Range(1, 32)]
    public int AtOnce { get; set; } = 2;
}

internal static class ImagingComposition
{
    public static void AddImaging(this IHostApplicationBuilder builder)
    {
        var options = builder.Bind<ImagingOptions>(ImagingOptions.Section);
        builder.Services.AddSingleton(DocumentFont.Load(options.FontFile));
        builder.Services.AddSingleton(new ImagingQueue(options.AtOnce));
        builder.Services.AddSingleton<IDocumentMaker, DocumentMaker>();
        builder.Services.AddSingleton<ILetterSealing, LetterSealing>();
        builder.Services.AddSingleton<ISealExtractor, SealExtractor>();
        builder.Services.AddSingleton<ISealReducer, SealReducer>();
    }
}

/// <summary>A few at a time, on the thread pool: a grain that waits for a picture takes no time from others.</summary>
internal sealed class ImagingQueue(int atOnce) : IDisposable
{
    /// <summary>Each that waits holds a photo of up to ten megabytes, and a caller gives up after ten seconds.</summary>
    private const int MostWaiting = 16;

    private readonly SemaphoreSlim free = new(atOnce);
    private int here;

    /// <exception cref="TimeoutException">Too many wait: the caller is told to come again, as for any silo that is too busy.</exception>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref here) > atOnce + MostWaiting)
            {
                throw new TimeoutException("Too many pictures wait to be worked on.");
            }

            await free.WaitAsync(cancellation);
            try
            {
                return await Task.Run(work, cancellation);
            }
            finally
            {
                free.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref here);
        }
    }

    public void Dispose() => free.Dispose();
}
