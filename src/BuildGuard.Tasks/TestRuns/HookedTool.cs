using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Build.Utilities;
#if NET
using System.Runtime.Loader;
#endif

namespace BuildGuard.Tasks.TestRuns;

/// <summary>
/// A tool task of somebody else's whose process is started as we want it: a class derived from it while the build runs, as one
/// written beforehand would need that package, and know nothing of the parameters that its next version has.
/// </summary>
/// <param name="task">The task.</param>
internal sealed class HookedTool(ToolTask task)
{
    private const string Starting = "GetProcessStartInfo";
    private const string Hook = "BuildGuardHook";

    private static readonly object s_gate = new();
    private static readonly Dictionary<Type, Type> s_derived = [];

    /// <summary>The task.</summary>
    public ToolTask Task => task;

    /// <summary>The class of the task in a file.</summary>
    /// <exception cref="Exception">It cannot be loaded: whatever the runtime says.</exception>
    public static Type Load(string file, string name)
    {
#if NET
        // Projects of one build may have several versions of it.
        return new Folder(file).LoadFromAssemblyPath(file).GetType(name, throwOnError: true)!;
#else
        return Assembly.LoadFrom(file).GetType(name, throwOnError: true)!;
#endif
    }

    /// <summary>A new one.</summary>
    /// <exception cref="Exception">It cannot be derived from: whatever the runtime says.</exception>
    public static HookedTool Create(Type type)
    {
        lock (s_gate)
        {
            if (!s_derived.TryGetValue(type, out var derived))
            {
                s_derived[type] = derived = Derive(type);
            }

            return new HookedTool((ToolTask)Activator.CreateInstance(derived)!);
        }
    }

    /// <summary>Has what is about to be started changed.</summary>
    public void OnStart(Func<ProcessStartInfo, ProcessStartInfo> change) => task.GetType().GetField(Hook)!.SetValue(task, change);

    /// <summary>Takes over the parameters that another task of its kind was given.</summary>
    public void Take(ToolTask other)
    {
        task.EnvironmentVariables = other.EnvironmentVariables;
        foreach (var parameter in other.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
        {
            if (parameter.GetValue(other) is { } value and not false)
            {
                task.GetType().GetProperty(parameter.Name)!.SetValue(task, value);
            }
        }
    }

    /// <summary>The class with one method: <c>GetProcessStartInfo(a, b, c) => BuildGuardHook(base.GetProcessStartInfo(a, b, c))</c>.</summary>
    private static Type Derive(Type parent)
    {
        Type[] parameters = [typeof(string), typeof(string), typeof(string)];
        var starting = parent.GetMethod(Starting, BindingFlags.Instance | BindingFlags.NonPublic, null, parameters, null)
            ?? throw new MissingMethodException(parent.FullName, Starting);
#if NET
        using var scope = AssemblyLoadContext.GetLoadContext(parent.Assembly)?.EnterContextualReflection();
#endif
        var type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("BuildGuard.Hooked"), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("Hooked")
            .DefineType(parent.Name, TypeAttributes.Public | TypeAttributes.Sealed, parent);
        var hook = type.DefineField(Hook, typeof(Func<ProcessStartInfo, ProcessStartInfo>), FieldAttributes.Public);
        var method = type.DefineMethod(
            Starting, MethodAttributes.Family | MethodAttributes.Virtual | MethodAttributes.HideBySig, typeof(ProcessStartInfo), parameters);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, hook);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldarg_2);
        code.Emit(OpCodes.Ldarg_3);
        code.Emit(OpCodes.Call, starting);
        code.Emit(OpCodes.Callvirt, typeof(Func<ProcessStartInfo, ProcessStartInfo>).GetMethod("Invoke")!);
        code.Emit(OpCodes.Ret);
        return type.CreateTypeInfo()!.AsType();
    }

#if NET
    /// <summary>What the task needs lies beside it; MSBuild's own is that of the process.</summary>
    private sealed class Folder(string file) : AssemblyLoadContext("BuildGuard: " + file)
    {
        private const string OfMSBuild = "Microsoft.Build.";

        protected override Assembly? Load(AssemblyName name)
        {
            var beside = Path.Combine(Path.GetDirectoryName(file)!, name.Name + ".dll");
            return name.Name!.StartsWith(OfMSBuild, StringComparison.Ordinal) || !File.Exists(beside) ? null : LoadFromAssemblyPath(beside);
        }
    }
#endif
}
