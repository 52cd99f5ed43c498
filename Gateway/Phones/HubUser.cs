using Bzt.Grains;

namespace Bzt.Gateway.Phones;

/// <summary>Whose ticket opened the hub.</summary>
internal sealed record HubUser(UserId UserId)
{
    /// <summary>On the endpoint that takes tickets.</summary>
    internal sealed record TicketAccepted;
}
