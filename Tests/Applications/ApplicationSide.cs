using Bzt.Grains;
using Bzt.Grains.Applications;
using ApplicationId = Bzt.Grains.ApplicationId;

namespace Bzt.Tests.Applications;

/// <summary>One application with what belongs to it alone: its orders, what its CA knows, its certificate.</summary>
internal sealed class ApplicationSide(int number)
{
    public int Number => number;

    public UserId User { get; } = new(new Guid(number + 1, 0, 0, new byte[8]));

    public ApplicationId Id { get; } = new(new Guid(10 + number, 0, 0, new byte[8]));

    public StoredApplication State { get; set; } = new();

    public Dictionary<OrderId, StoredOrder> Orders { get; } = [];

    /// <summary>The submission the CA has received last.</summary>
    public string? AtCa { get; set; }

    /// <summary>What the CA said of each: why not, or nothing.</summary>
    public Dictionary<string, string> Decided { get; } = [];

    public HashSet<string> Approved { get; } = [];

    public CertificateId Certificate { get; set; }

    /// <summary>Its certificate was begun, is active, or was given up with the application.</summary>
    public bool Begun { get; set; }

    public bool Active { get; set; }

    public bool Abandoned { get; set; }
}
