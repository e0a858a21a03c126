using System.Collections;
using System.Reflection;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>An engine with the interface of MSBuild and nothing behind it; what Session.proj is asked for is kept.</summary>
public class OtherEngine : DispatchProxy
{
    private readonly List<string> _asked = [];

    /// <summary>A new one.</summary>
    /// <param name="asked">The properties that Session.proj is asked with.</param>
    public static IBuildEngine6 Create(out IReadOnlyList<string> asked)
    {
        var engine = Create<IBuildEngine6, OtherEngine>();
        asked = ((OtherEngine)(object)engine)._asked;
        return engine;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod!.Name)
        {
            case "BuildProjectFilesInParallel":
                _asked.AddRange(((IDictionary[])args![2]!)[0].Values.Cast<string>());
                return new BuildEngineResult(true, [new Dictionary<string, ITaskItem[]>()]);
            case "GetGlobalProperties":
                return new Dictionary<string, string>();
            default:
                return targetMethod.ReturnType.IsValueType && targetMethod.ReturnType != typeof(void) ? Activator.CreateInstance(targetMethod.ReturnType) : null;
        }
    }
}
