namespace Bzt.Grains.Remittances;

/// <summary>What a remittance decides, without clock, randomness or I/O.</summary>
public static class RemittanceRules
{
    /// <summary>More than anybody remits by mistake, so that a state stays small whatever is sent.</summary>
    private const int MostReceived = 50;

    public static bool IsAcceptable(OpenRemittance command, DateTimeOffset now) =>
        command.AmountFen is >= 1 and <= 99
        && command.PayerName.Length is > 0 and <= 200
        && command.AccountTail.Length == 6 && command.AccountTail.All(char.IsAsciiDigit)
        && command.ExpiresAt > now;

    public static (StoredRemittance State, Refusal? Refusal) Open(StoredRemittance state, OpenRemittance command, PayeeAccount payee) => state.Remittance switch
    {
        null => (state with { Remittance = new RemittanceRecord(command, payee, [], null) }, null),
        { } known when known.Opened == command => (state, null),
        _ => (state, new Refusal(RefusalCode.IdempotencyConflict)),
    };

    /// <summary>Judges what was not judged before, in the order told, and tells the asker. Each serial is judged once, whatever is said of it later.</summary>
    public static (StoredRemittance State, Refusal? Refusal) Receive(StoredRemittance state, Guid id, IReadOnlyList<IncomingRemittance> incoming, DateTimeOffset now)
    {
        if (state.Remittance is not { } record)
        {
            return (state, new Refusal(RefusalCode.NotFound));
        }

        var next = record;
        foreach (var remittance in incoming)
        {
            if (next.Received.Length < MostReceived && next.Received.All(known => known.Serial != remittance.Serial))
            {
                next = next with { Received = next.Received.Add(new ReceivedRemittance(remittance.Serial, remittance.AmountFen, remittance.ReceivedAt, Judge(next, remittance))) };
            }
        }

        return ReferenceEquals(next, record)
            ? (state, null)
            : (state with { Remittance = next, Outbox = state.Outbox.Add(next.Opened.Kind, next.Opened.Target, View(next, id, now)) }, null);
    }

    public static StoredRemittance Close(StoredRemittance state, DateTimeOffset now) => state.Remittance is { ClosedAt: null } record
        ? state with { Remittance = record with { ClosedAt = now } }
        : state;

    public static RemittanceRecord? Mine(StoredRemittance state, UserId caller) => state.Remittance is { } record && record.Opened.Owner == caller ? record : null;

    public static RemittanceView View(RemittanceRecord record, Guid id, DateTimeOffset now) => new(
        id, State(record, now), record.Opened.AmountFen, record.Opened.PayerName, record.Opened.AccountTail, record.Payee, record.Opened.ExpiresAt, record.Received);

    public static RemittanceState State(RemittanceRecord record, DateTimeOffset now) =>
        record.ClosedAt is not null ? RemittanceState.Closed
        : IsMatched(record) ? RemittanceState.Matched
        : now > record.Opened.ExpiresAt ? RemittanceState.Expired
        : RemittanceState.Waiting;

    private static RemittanceVerdict Judge(RemittanceRecord record, IncomingRemittance remittance) =>
        record.ClosedAt is not null || remittance.ReceivedAt > record.Opened.ExpiresAt ? RemittanceVerdict.Late
        : Plain(remittance.PayerName) != Plain(record.Opened.PayerName) || remittance.PayerAccountTail != record.Opened.AccountTail ? RemittanceVerdict.WrongPayer
        : remittance.AmountFen != record.Opened.AmountFen ? RemittanceVerdict.WrongAmount
        : IsMatched(record) ? RemittanceVerdict.Doubled
        : RemittanceVerdict.Matched;

    private static bool IsMatched(RemittanceRecord record) => record.Received.Any(known => known.Verdict == RemittanceVerdict.Matched);

    // Banks write brackets, letters and digits in full or half width as they please, and pad names with spaces. By hand: without ICU
    // string.Normalize leaves them as they are.
    private static string Plain(string name) => string.Concat(name
        .Where(character => !char.IsWhiteSpace(character))
        .Select(character => character is >= '！' and <= '～' ? (char)(character - '！' + '!') : character));
}
