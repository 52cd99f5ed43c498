using Bzt.Contracts;
using Bzt.Grains.Certificates;
using Bzt.Protocol.Forms;

namespace Bzt.Grains.Accounts;

/// <summary>更换手机号, as far as one account decides it.</summary>
/// <remarks>
/// The new number is claimed between two writes of the account: one says what is under way, the other that it is done. Until <see cref="Deadline"/> the
/// number counts as this account's, so nobody is registered with it in between; after it the second write is refused, so a claim whose change was cut
/// short holds the number up for minutes only.
/// </remarks>
internal static class NumberChangeRules
{
    /// <summary>To enter the PIN; and for how long a proof of the real name is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>For a signature to arrive.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    public static DateTimeOffset Deadline(NumberChange change) => change.ExpiresAt + Grace;

    /// <summary>Under way; null when none is, or it ran out.</summary>
    public static NumberChange? Pending(UserState state, DateTimeOffset now) => state.NumberChange is { Done: false } change && now < Deadline(change) ? change : null;

    public static bool IsProven(UserState state, DeviceId device, DateTimeOffset now) =>
        state.Devices.FirstOrDefault(known => known.Id == device.Value)?.ProvenAt is { } at && now - at < Lifetime;

    public static CertificateTask Task(UserId user, NumberChange change, string maskedOldNumber) => new(
        change.Operation, AccountOutbox.NumberChange, user.ToString(),
        [
            new TaskDocument(SigningForms.Instruction, new InstructionForm(
                "change-phone-number", "更换手机号",
                [new("原手机号", maskedOldNumber), new("新手机号", change.MaskedNumber), new("说明", "更换后使用新手机号登录，证书保留")],
                change.Operation, change.ExpiresAt).Content),
        ],
        change.ExpiresAt);

    public static NumberChangeView View(NumberChange change) => new(
        change.Operation, change.Done, change.MaskedNumber, !change.Done && change.Certificate is { } id ? new CertificateId(id) : null, change.ExpiresAt);
}
