using Bzt.Contracts;
using Bzt.LoadTests.Flows;
using Bzt.Protocol.Phone;

namespace Bzt.LoadTests.Runs;

/// <summary>What may go wrong with a request, and its name in reports.</summary>
internal static class Failures
{
    public static bool IsExpected(Exception exception) =>
        exception is ApiRefusedException or FlowFailedException or HttpRequestException or PhoneLinkException or IOException or OperationCanceledException or TimeoutException;

    /// <summary>No answer, or one that says to ask again.</summary>
    public static bool IsAway(Exception exception) =>
        exception is PhoneLinkException or HttpRequestException or IOException or TimeoutException or TaskCanceledException { InnerException: TimeoutException }
        or ApiRefusedException { Code: ErrorCodes.Unavailable };

    public static string Name(Exception exception) => exception switch
    {
        ApiRefusedException refused => refused.Code,
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => $"HTTP {http.HttpRequestError}",
        PhoneLinkException { InnerException: ApiRefusedException refused } => $"the phone is refused, {refused.Code}",
        PhoneLinkException => "no answer to the phone",
        OperationCanceledException or TimeoutException => "time-out",
        _ => exception.Message,
    };
}
