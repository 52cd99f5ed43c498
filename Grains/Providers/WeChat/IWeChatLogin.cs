namespace Bzt.Grains.Providers.WeChat;

/// <summary>WeChat's 网站应用/移动应用 login: who has just agreed to log in here.</summary>
public interface IWeChatLogin
{
    /// <param name="code">The authorisation code WeChat gave the phone; good once, for five minutes.</param>
    /// <param name="cancellation">Gives up waiting; the code may be used up all the same.</param>
    Task<WeChatResult> ExchangeAsync(string code, CancellationToken cancellation = default);
}

public abstract record WeChatResult
{
    private WeChatResult() { }

    /// <param name="OpenId">The person as this application knows him.</param>
    /// <param name="UnionId">The person as all applications of our WeChat account know him; null when the application belongs to none.</param>
    public sealed record Ok(string OpenId, string? UnionId) : WeChatResult
    {
        /// <summary>Only the type: a record would print the person into a log.</summary>
        public override string ToString() => nameof(Ok);
    }

    /// <summary>The code is not good: invented, used, too old.</summary>
    public sealed record Refused(string ProviderCode) : WeChatResult;

    /// <summary>No answer, or none that could be understood.</summary>
    public sealed record Unavailable(string Reason) : WeChatResult;
}
