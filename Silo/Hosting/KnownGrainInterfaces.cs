using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Bzt.Silo.Hosting;

/// <summary>Orleans reads the attributes of a grain's interface at each <c>GetGrain</c>, which takes most of that call's time; here once.</summary>
internal sealed class KnownGrainInterfaces(IServiceProvider services) : IGrainInterfaceTypeProvider
{
    private readonly AttributeGrainInterfaceTypeProvider attributes = new(services);
    private readonly ConcurrentDictionary<Type, GrainInterfaceType?> known = new();

    public bool TryGetGrainInterfaceType(Type type, out GrainInterfaceType interfaceType)
    {
        var found = known.GetOrAdd(type, static (type, attributes) => attributes.TryGetGrainInterfaceType(type, out var read) ? read : null, attributes);
        interfaceType = found.GetValueOrDefault();
        return found is not null;
    }
}
