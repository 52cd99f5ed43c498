using System.Security.Cryptography;
using System.Text;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Openings;

namespace Bzt.Grains.Sessions;

// What follows an end: the bid opening learns of it, and a browser on the same device comes back for it.
internal sealed partial class QrSessionGrain
{
    private const string ReturnPurpose = "session-return";

    public async Task<OpeningAnswered?> GetOpeningAnswer()
    {
        await AgeAsync();
        return state is { Command.Opening: not null, End: not null } ? QrSessionRules.OpeningAnswer(state, new SessionId(this.GetPrimaryKey())) : null;
    }

    public async Task EndOpening(OpeningId opening)
    {
        await AgeAsync();
        if (state.Command?.Opening?.Opening == opening && state.End is null && !Confirming)
        {
            await Write(state with { End = SessionEnd.Cancelled });
        }
    }

    public async Task<Reply<SessionView>> RedeemReturn(SessionRequester requester, string value, string nonce)
    {
        if (!QrSessionRules.Owns(state, requester))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        // Both are looked at whichever is wrong: which of them it was is nobody's business.
        await AgeAsync();
        var right = Same(value, ReturnValue()) & Same(nonce, state.Command!.ReturnNonce ?? "") & (state.End is not null) & (state.Scanner is { SameDevice: true });
        if (!right)
        {
            return new Refusal(RefusalCode.ReturnMismatch);
        }

        if (state.Returned)
        {
            return new Refusal(RefusalCode.ReturnUsed);
        }

        await Write(state with { Returned = true });
        return View(state);
    }

    /// <summary>Made by a key of ours that the platform does not have, from this session's token: the same each time the phone asks, and no write before it.</summary>
    private string ReturnValue() => protector.KeyedHash(ReturnPurpose, state.Token);

    private static bool Same(string given, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(right));
}
