namespace Bzt.Grains.Providers.WeChat;

/// <summary>微信登录: who a browser that came back from WeChat's consent page is, by WeChat's name for them.</summary>
public interface IWeChatLogin
{
    /// <summary>
    /// Where the browser goes. It comes back to <paramref name="returnUrl"/> with <c>state</c>, and with a <c>code</c> if the user agreed.
    /// Null: this installation has no WeChat account, so the way is not offered.
    /// </summary>
    /// <param name="returnUrl">On the domain registered with WeChat.</param>
    /// <param name="state">Comes back unchanged; who checks it belongs to this browser keeps others from logging it in as themselves.</param>
    Uri? ConsentPage(Uri returnUrl, string state);

    /// <summary>Redeems the code, which works once and for minutes. After <see cref="WeChatResult.Unavailable"/> it may be used up all the same.</summary>
    Task<WeChatResult> ExchangeAsync(string code, CancellationToken cancellation = default);
}

public abstract record WeChatResult
{
    private WeChatResult() { }

    /// <param name="OpenId">The user at our application, for ever.</param>
    /// <param name="UnionId">The user at all applications of our open-platform account; absent when ours is bound to none.</param>
    public sealed record Ok(string OpenId, string? UnionId) : WeChatResult
    {
        /// <summary>Only the type: a record would print the person into a log.</summary>
        public override string ToString() => nameof(Ok);
    }

    /// <summary>WeChat's definite no.</summary>
    public sealed record Refused(WeChatRefusal Code, string ProviderCode) : WeChatResult;

    /// <summary>No answer, or none that could be understood: nothing is known about the user.</summary>
    public sealed record Unavailable(string Reason) : WeChatResult;
}

public enum WeChatRefusal
{
    /// <summary>Not one of WeChat's codes for us.</summary>
    CodeInvalid,
    /// <summary>Redeemed before.</summary>
    CodeUsed,
    /// <summary>Too old.</summary>
    CodeExpired,
    /// <summary>Our application: id, secret, permission. Operators must look.</summary>
    Account,
    Other,
}
