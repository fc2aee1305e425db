using System.Reflection;
using System.Text;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Interfaces.Tests.Contracts;

/// <summary>What silos and clients of different versions must agree on, as text: names on the wire, member ids, numbers of enum values.</summary>
internal static class ContractList
{
    public static string Write()
    {
        var text = new StringBuilder();
        var types = typeof(ITenantGrain).Assembly.GetTypes().Where(type => type.IsPublic).OrderBy(type => type.FullName, StringComparer.Ordinal).ToList();
        foreach (var type in types.Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)) && type.GetMethods().Length > 0))
        {
            text.Append($"grain {type.FullName} = {Alias(type)}\n");
            foreach (var method in type.GetMethods().OrderBy(method => method.Name, StringComparer.Ordinal))
                text.Append($"  {Alias(method)}({string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)))}) : {Name(method.ReturnType)}\n");
        }

        foreach (var type in types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null))
        {
            text.Append($"type {type.FullName} = {Alias(type)}\n");
            foreach (var (id, property) in Members(type)) text.Append($"  {id} {property.Name} : {Name(property.PropertyType)}\n");
        }

        foreach (var type in types.Where(type => type.IsEnum))
        {
            text.Append($"enum {type.FullName}\n");
            foreach (var value in Enum.GetValues(type)) text.Append($"  {Convert.ToInt64(value, null)} {value}\n");
        }

        return text.ToString();
    }

    public static IEnumerable<(uint Id, PropertyInfo Property)> Members(Type type) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        let id = property.GetCustomAttribute<IdAttribute>()
        where id is not null
        orderby id.Id
        select (id.Id, property);

    private static string Alias(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>()?.Alias ?? "(no alias)";

    private static string Name(Type type) =>
        type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
}
