using Bzt.Protocol.Forms;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Phone;

/// <summary>Either a round that waits for the user, or why there is none.</summary>
public sealed record Opening<T>(T? Round, SiloAnswer? Refusal)
    where T : class;

/// <summary>A request for signing that the user looks at. Dispose it when he leaves.</summary>
public sealed class PhoneSigning : IDisposable
{
    private readonly SigningRound round;
    private readonly Func<StretchedPin, ValueTask<SiloAnswer>> confirm;

    internal PhoneSigning(SigningRound round, Func<StretchedPin, ValueTask<SiloAnswer>> confirm) => (this.round, this.confirm) = (round, confirm);

    /// <summary>What is to be signed, to be shown as it is.</summary>
    public IReadOnlyList<SigningForm> Forms => round.Forms;

    /// <summary>
    /// Signs all of <see cref="Forms"/>: <see cref="Signed"/>, or a refusal. After <see cref="WrongPin"/> it may be
    /// called again with another PIN.
    /// </summary>
    public ValueTask<SiloAnswer> ConfirmAsync(StretchedPin pin) => confirm(pin);

    /// <inheritdoc/>
    public void Dispose() => round.Dispose();
}

public sealed partial class PhoneKey
{
    /// <summary>Opens a request for signing. <paramref name="count"/> is a guess of its number of documents.</summary>
    public async ValueTask<Opening<PhoneSigning>> OpenSigningAsync(string requestId, int count = 1)
    {
        var round = new SigningRound(keyId, deviceId, requestId, count, random);
        if (await OpenAsync(round) is { } refusal)
        {
            round.Dispose();
            return new(null, refusal);
        }

        return new(new(round, pin => ProveAsync(round, pin)), null);
    }
}

/// <summary>Signing as a round: a new <see cref="SigningPhone"/> for each opening, always with the same documents.</summary>
internal sealed class SigningRound(string keyId, string deviceId, string requestId, int count, IRandomSource random)
    : PinProvedRound(requestId)
{
    private int count = count;
    private SigningPhone? phone;

    public override int Epoch => phone!.Epoch;

    public IReadOnlyList<SigningForm> Forms => phone!.Forms;

    public override async ValueTask<SiloAnswer?> OpenAsync(PhoneKeyRecord record)
    {
        var next = new SigningPhone(keyId, deviceId, RequestId, count, record, random);
        var answer = await Conversation!.SendAsync(next.Open());
        if (answer is SigningOpened opened)
        {
            if (!next.Accept(opened))
            {
                next.Dispose();
                return new Failed(ProtocolFailure.AnswerInvalid);
            }

            // The user confirmed what he saw, nothing else.
            if (phone is not null && !next.ShowsSameAs(phone))
            {
                next.Dispose();
                return new Failed(ProtocolFailure.BindingMismatch);
            }

            phone?.Dispose();
            phone = next;
            IsOpen = true;
            return null;
        }

        next.Dispose();
        if (answer is SigningCount other && phone is null)
        {
            count = other.Count;
        }

        return answer;
    }

    public override PinProvedRequest Finish(StretchedPin pin, byte[] alpha) => phone!.Finish(pin, alpha, random);

    public override bool Verify(SiloAnswer answer) => answer is not Signed signed || phone!.Verify(signed);

    public override void Dispose()
    {
        phone?.Dispose();
        base.Dispose();
    }
}
