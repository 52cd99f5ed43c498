using System.Data.Common;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Net.Http.Headers;
using Orleans.Runtime;
using StackExchange.Redis;

namespace Bzt.Gateway.Problems;

/// <summary>The outermost step of every request: whatever was thrown becomes a problem that tells nothing about our inside.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone: there is nobody to answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await Describe(exception, context.Request).ExecuteAsync(context);
        }
    }

    private ProblemResult Describe(Exception exception, HttpRequest request)
    {
        switch (exception)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new ProblemResult(ErrorCodes.BodyTooLarge);
            case BadHttpRequestException bad:
                return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = Explain(bad) };
            // Looking for a form's token, the framework wraps what stopped it from reading the form.
            case AntiforgeryValidationException { InnerException: BadHttpRequestException unread }:
                return Describe(unread, request);
            case AntiforgeryValidationException:
            // A form beyond the framework's bounds, or with a value that is no text, read by a library.
            case InvalidDataException when request.HasFormContentType:
                return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = "请求无法读取" };
            // The framework takes a charset nobody knows for a mistake of ours.
            case InvalidOperationException when MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset.HasValue && type.Encoding is null:
                return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = "请求无法读取" };
            // The watch over the keys says so, once: not every request again.
            case KeyProtectionUnavailableException:
                return new ProblemResult(ErrorCodes.KeysUnavailable);
            // The store that the gateway itself reads is away, or takes no more.
            case DbException store when store.IsPassing():
            // Nothing is known about the outcome. Commands carry operation ids, so the caller may ask again. What is cancelled here, while the
            // caller still waits, was given up inside: Orleans does so with a call whose silo went before it was placed.
            case TimeoutException or OrleansException or RedisException or OperationCanceledException:
                LogUnavailable(exception);
                return new ProblemResult(ErrorCodes.Unavailable);
            default:
                LogFailed(exception);
                return new ProblemResult(ErrorCodes.InternalError);
        }
    }

    /// <summary>Names the member or parameter, never its value: values may be secrets.</summary>
    private static string Explain(BadHttpRequestException exception) => exception.InnerException switch
    {
        JsonException json when MissingMembers().Match(json.Message) is { Success: true } missing => $"缺少必填项：{missing.Groups[1].Value.Replace("'", "", StringComparison.Ordinal)}",
        JsonException { Path: { Length: > 2 } path } => $"内容不正确：{path[2..]}",
        JsonException => "不是有效的JSON",
        _ when NoBody().IsMatch(exception.Message) => "缺少请求内容",
        _ when Parameter().Match(exception.Message) is { Success: true } parameter => $"内容不正确：{parameter.Groups[1].Value}",
        _ => "请求无法读取",
    };

    // The texts of System.Text.Json and minimal APIs; tests notice if a new version words them otherwise.
    [GeneratedRegex("missing required properties including: ([^.;]+)")]
    private static partial Regex MissingMembers();

    [GeneratedRegex("not provided from body|no body was provided")]
    private static partial Regex NoBody();

    [GeneratedRegex("parameter \"(?:[^\" ]+ )?([A-Za-z]+)\"")]
    private static partial Regex Parameter();

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster did not answer.")]
    private partial void LogUnavailable(Exception exception);
}
