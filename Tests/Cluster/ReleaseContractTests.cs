using System.Globalization;
using System.Reflection;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Samples.Demo;

namespace Bzt.Tests.Cluster;

/// <summary>
/// What processes of a release say to each other must be understood by those of the next, which run beside them during an upgrade:
/// <c>golden/contracts-VERSION.txt</c> lists it, a line each. Anything may be added, with an alias or an id of its own; nothing that stands
/// there may change or go. A release's file is made once, by <c>BZT_WRITE_CONTRACTS</c>, and never edited.
/// </summary>
public sealed class ReleaseContractTests
{
    private static readonly string Golden = Path.Combine(Binaries.Repository, "Tests/Cluster/golden");

    [Fact]
    public void What_an_earlier_release_says_is_still_understood()
    {
        var now = Describe(typeof(Reply<>).Assembly, typeof(SessionEnd).Assembly);
        if (Environment.GetEnvironmentVariable("BZT_WRITE_CONTRACTS") is { Length: > 0 } version)
        {
            File.WriteAllLines(Path.Combine(Golden, $"contracts-{version}.txt"), now);
        }

        var releases = Directory.GetFiles(Golden, "contracts-*.txt");
        Assert.NotEmpty(releases);
        foreach (var release in releases)
        {
            var said = File.ReadAllLines(release);
            Assert.True(said.Length > 500, release);
            var lost = said.Except(now, StringComparer.Ordinal).ToList();
            Assert.True(lost.Count == 0, $"{Path.GetFileName(release)}: changed or gone since: {string.Join("; ", lost.Take(5))}. Keep it, and add what is new beside it.");
        }
    }

    /// <summary>The list notices: a changed parameter, a moved id, a renumbered enum are other lines.</summary>
    [Fact]
    public void Every_part_of_a_contract_is_in_the_list()
    {
        var now = Describe(typeof(Reply<>).Assembly, typeof(SessionEnd).Assembly);
        Assert.Contains("bzt.IQrSession.status(bzt.SessionRequester, Bzt.Contracts.Platforms.SessionState?, TimeSpan) : Task<bzt.Reply<bzt.SessionView>>", now);
        Assert.Contains("bzt.SessionDocument[1] : Byte[]", now);
        Assert.Contains("Bzt.Contracts.Platforms.SessionEnd.Refused = 1", now);
        Assert.Equal(now.Distinct().Count(), now.Count);
    }

    private static List<string> Describe(params Assembly[] assemblies)
    {
        var lines = new List<string>();
        foreach (var type in assemblies.SelectMany(assembly => assembly.GetTypes()))
        {
            if (type.IsEnum)
            {
                lines.AddRange(Enum.GetNames(type).Select(name => string.Create(CultureInfo.InvariantCulture, $"{Named(type)}.{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}")));
            }
            else if (type.IsInterface && typeof(IAddressable).IsAssignableFrom(type))
            {
                lines.AddRange(type.GetMethods().Select(method =>
                    $"{Named(type)}.{AliasOf(method) ?? method.Name}({string.Join(", ", method.GetParameters().Select(parameter => Named(parameter.ParameterType)))}) : {Named(method.ReturnType)}"));
            }
            else
            {
                const BindingFlags own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
                lines.AddRange(from member in type.GetMembers(own)
                               let id = member.GetCustomAttribute<IdAttribute>()
                               where id is not null
                               select $"{Named(type)}[{id.Id}] : {Named(member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType)}");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>The first; a type may go by others too.</summary>
    private static string? AliasOf(MemberInfo member) => member.GetCustomAttributes<AliasAttribute>(inherit: false).FirstOrDefault()?.Alias;

    private static string Named(Type type) =>
        type.IsArray ? Named(type.GetElementType()!) + "[]"
        : Nullable.GetUnderlyingType(type) is { } value ? Named(value) + "?"
        : type.IsGenericType ? $"{Simple(type).Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Named))}>"
        : Simple(type);

    private static string Simple(Type type) =>
        AliasOf(type) ?? (type.Namespace?.StartsWith("Bzt", StringComparison.Ordinal) == true && !type.IsGenericType ? type.FullName! : type.Name);
}
