using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.BadInput;

/// <summary>Everything that was logged, as the text an operator's files would hold.</summary>
internal sealed class KeptLog(LogLevel from = LogLevel.Debug) : ILoggerProvider
{
    private readonly ConcurrentQueue<string> lines = new();

    private LogLevel From => from;

    public string Text => string.Join('\n', lines);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(KeptLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            if (!IsEnabled(LogLevel.Debug))
            {
                return null;
            }

            log.lines.Enqueue($"{category} {Describe(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log.From;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.lines.Enqueue($"{category} {formatter(state, exception)} {Describe(state)} {exception}");
            }
        }

        // Structured sinks keep the values too, whether the text shows them or not.
        private static string Describe<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values.Select(value => $"{value.Key}={value.Value}")) : $"{state}";
    }
}
