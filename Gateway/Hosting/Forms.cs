namespace Bzt.Gateway.Hosting;

internal static class Forms
{
    /// <summary>A form beyond the framework's bounds, or in parts that do not end, is the caller's fault, as JSON that is none is.</summary>
    /// <exception cref="BadHttpRequestException">It cannot be read.</exception>
    public static async Task<IFormCollection> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return await request.ReadFormAsync(cancellation);
        }
        catch (Exception exception) when (exception is InvalidDataException || exception is IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The form cannot be read.", exception);
        }
    }
}
