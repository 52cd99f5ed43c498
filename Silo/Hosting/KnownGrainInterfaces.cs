using System.Collections.Concurrent;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Serialization.TypeSystem;

namespace Bzt.Silo.Hosting;

/// <summary>
/// Orleans reads the attributes of a grain's interface at each <c>GetGrain</c> and, when they do not name it, spells its name out from the type's:
/// most of that call's time. Here it does so once for each interface, by the very same rules.
/// </summary>
internal sealed class KnownGrainInterfaces(IServiceProvider services, TypeConverter names) : IGrainInterfaceTypeProvider
{
    private readonly GrainInterfaceTypeResolver rules = new([new AttributeGrainInterfaceTypeProvider(services)], names);
    private readonly ConcurrentDictionary<Type, GrainInterfaceType> known = new();

    public bool TryGetGrainInterfaceType(Type type, out GrainInterfaceType grainInterfaceType)
    {
        // Whoever asks adds a generic one's parameters himself.
        grainInterfaceType = type.IsGenericType ? default : known.GetOrAdd(type, static (type, rules) => rules.GetGrainInterfaceType(type), rules);
        return !type.IsGenericType;
    }
}
