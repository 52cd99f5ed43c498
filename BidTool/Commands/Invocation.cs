using Bzt.BidTool.Locks;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Signing;
using Bzt.BidTool.Terminal;

namespace Bzt.BidTool.Commands;

/// <summary>How the user wants to confirm.</summary>
internal enum Confirmation
{
    /// <summary>As at the login.</summary>
    AsLoggedIn,
    Scan,
    Lock,
}

/// <summary>One run of a command: who is told, whose login, what was configured, and which way of confirming was chosen.</summary>
internal sealed record Invocation(UserInterface Ui, LoginProfile Profile, ToolConfiguration Configuration, string ConfigurationPath, Confirmation Confirmation, LockSettings Lock)
{
    /// <summary>Whether a CA lock confirms: because it was asked for, or because the login was made with it.</summary>
    public bool ByLock => Confirmation == Confirmation.Lock || (Confirmation == Confirmation.AsLoggedIn && Profile.Current() is { ByLock: true });

    /// <summary>The bidder at this PC.</summary>
    /// <param name="wanted">What is to be confirmed, and with which certificate of the phone.</param>
    /// <param name="tender">Whether what is made is for the tender of the login.</param>
    /// <param name="inSession">会话签章; of the phone only.</param>
    /// <param name="stop">Interrupts.</param>
    public async Task<IBidder> BidderAsync(WantedCertificate wanted, bool tender, bool inSession, CancellationToken stop)
    {
        return ByLock
            ? LockBidder.Open(Lock, tender ? Profile.Load() : Profile.Current(), tender, Ui, TimeProvider.System)
            : await PhoneBidder.CreateAsync(Profile, Ui, wanted, inSession, stop);
    }
}
