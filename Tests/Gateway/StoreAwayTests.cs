using System.Data.Common;
using System.Text;
using Bzt.Contracts;
using Bzt.Gateway.Csc;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Bzt.Tests.Gateway;

/// <summary>A gateway whose store does not answer says so, and when to come again; what was asked wrongly stays a fault of ours.</summary>
public sealed class StoreAwayTests
{
    private static readonly DbException[] Passing =
    [
        new NpgsqlException("refused", new IOException()), new NpgsqlException("slow", new TimeoutException()), Postgres("57P01"), Postgres("57P03"), Postgres("53300"), Postgres("53100"), Postgres("08006"),
        new SqliteException("busy", 5), new SqliteException("full", 13),
    ];

    private static readonly DbException[] Ours = [Postgres("42P01"), Postgres("23505"), new SqliteException("no such table", 1)];

    [Fact]
    public async Task Callers_are_told_to_come_again()
    {
        foreach (var exception in Passing)
        {
            var (status, retry, body) = await AnswerAsync(context => new ProblemMiddleware(_ => throw exception, NullLogger<ProblemMiddleware>.Instance).InvokeAsync(context));
            Assert.Equal((503, "2"), (status, retry));
            Assert.Contains(ErrorCodes.Unavailable, body, StringComparison.Ordinal);
            Assert.DoesNotContain(exception.Message, body, StringComparison.Ordinal);
        }

        foreach (var exception in Ours)
        {
            Assert.Equal((500, ""), Head(await AnswerAsync(context => new ProblemMiddleware(_ => throw exception, NullLogger<ProblemMiddleware>.Instance).InvokeAsync(context))));
        }
    }

    [Fact]
    public async Task So_are_callers_of_the_signature_consortiums_api()
    {
        foreach (var exception in Passing)
        {
            var (status, retry, body) = await CscAsync(exception);
            Assert.Equal((503, "2"), (status, retry));
            Assert.Contains("temporarily_unavailable", body, StringComparison.Ordinal);
        }

        foreach (var exception in Ours)
        {
            Assert.Equal((500, ""), Head(await CscAsync(exception)));
        }

        static Task<(int, string, string)> CscAsync(Exception exception) => AnswerAsync(context =>
        {
            context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new CscAccessMetadata(CscAccess.Anyone)), null));
            (context.Request.ContentType, context.Request.Body) = ("application/json", new MemoryStream("{}"u8.ToArray()));
            return new CscPipeline(_ => throw exception, null!, NullLogger<CscPipeline>.Instance).InvokeAsync(context);
        });
    }

    private static PostgresException Postgres(string state) => new("said by the server", "FATAL", "FATAL", state);

    private static (int Status, string Retry) Head((int Status, string Retry, string Body) answer) => (answer.Status, answer.Retry);

    private static async Task<(int Status, string Retry, string Body)> AnswerAsync(Func<HttpContext, Task> ask)
    {
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };
        await ask(context);
        return (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString(), Encoding.UTF8.GetString(body.ToArray()));
    }
}
