using System.Reflection;
using System.Runtime.CompilerServices;

namespace BuildGuard.Core.Tests;

/// <summary>How much an object keeps: all objects that can be reached from it, each place of an array counted.</summary>
internal static class Weight
{
    public static int Of(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { root };
        var open = new Stack<object>([root]);
        int weight = 0;
        while (open.TryPop(out object? one))
        {
            weight += 1 + ((one as Array)?.Length ?? 0);
            foreach (object part in PartsOf(one))
            {
                Take(part, seen, open);
            }
        }

        return weight;
    }

    private static void Take(object part, HashSet<object> seen, Stack<object> open)
    {
        // A structure is in what has it; only what it leads to is more. What describes types and code is the program's, not the object's.
        if (part.GetType().IsValueType)
        {
            foreach (object inner in PartsOf(part))
            {
                Take(inner, seen, open);
            }
        }
        else if (part is not (string or Type or MemberInfo or Delegate) && seen.Add(part))
        {
            open.Push(part);
        }
    }

    private static IEnumerable<object> PartsOf(object one)
    {
        if (one is Array array)
        {
            return LeadsOn(array.GetType().GetElementType()!) ? array.Cast<object?>().OfType<object>() : [];
        }

        IEnumerable<FieldInfo> fields = [];
        for (Type? type = one.GetType(); type is not null && !type.IsPrimitive; type = type.BaseType)
        {
            fields = fields.Concat(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        }

        return fields.Where(field => LeadsOn(field.FieldType)).Select(field => field.GetValue(one)).OfType<object>();
    }

    private static bool LeadsOn(Type type) => !type.IsPrimitive && !type.IsPointer && !type.IsEnum
        && (!type.IsValueType || (bool)IsOrHoldsReferences.MakeGenericMethod(type).Invoke(null, null)!);

    private static readonly MethodInfo IsOrHoldsReferences = typeof(RuntimeHelpers).GetMethod(nameof(RuntimeHelpers.IsReferenceOrContainsReferences))!;
}
