using Bzt.Contracts.Phone;

namespace Bzt.Grains.Enterprises;

/// <param name="Operation">The phone's; becomes the invitation's id.</param>
/// <param name="Name">As on the identity card.</param>
[GenerateSerializer, Immutable, Alias("bzt.Invite")]
public sealed record Invite(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] UserId Caller,
    [property: Id(2)] string Name,
    [property: Id(3)] string PhoneNumber)
{
    /// <summary>Only the type: a record would print the person into a log.</summary>
    public override string ToString() => nameof(Invite);
}

[GenerateSerializer, Immutable, Alias("bzt.InvitationView")]
public sealed record InvitationView(
    [property: Id(0)] Guid Id,
    [property: Id(1)] CreditCode Enterprise,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] string MaskedName,
    [property: Id(4)] string MaskedPhoneNumber,
    [property: Id(5)] InvitationState State,
    [property: Id(6)] DateTimeOffset At,
    [property: Id(7)] DateTimeOffset ExpiresAt);

/// <summary>Which invitations wait for a phone number, with an account or without; the enterprise's grain has the last word on each. Key: the number's keyed hash.</summary>
[Alias("bzt.IInvitationBox")]
public interface IInvitationBoxGrain : IGrainWithStringKey
{
    /// <summary>Idempotent. Tells the number's account, when there is one.</summary>
    [Alias("add")]
    Task Add(WaitingInvitation invitation);

    /// <summary>The number has an account from now on: tells it of what waits. Idempotent.</summary>
    [Alias("registered")]
    Task Registered(UserId user);

    /// <summary>Newest first; those that expired are gone.</summary>
    [Alias("list")]
    Task<IReadOnlyList<WaitingInvitation>> List();
}

[GenerateSerializer, Immutable, Alias("bzt.WaitingInvitation")]
public sealed record WaitingInvitation(
    [property: Id(0)] CreditCode Enterprise,
    [property: Id(1)] string EnterpriseName,
    [property: Id(2)] Guid Id,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] DateTimeOffset ExpiresAt);
