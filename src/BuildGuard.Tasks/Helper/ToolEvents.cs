#if NET
using System.Diagnostics;
using System.Reflection;
using Microsoft.Build.Utilities;

namespace BuildGuard.Tasks.Helper;

/// <summary>
/// What a <see cref="ToolTask"/> listens to of the process it runs. It attaches that to the process it has made itself, and to no other
/// that it is given instead: so it has to be asked of its private members. Where those have other names, nothing is given instead.
/// </summary>
internal static class ToolEvents
{
    private static readonly MethodInfo? Exit = Find("ReceiveExitNotification", typeof(EventArgs));
    private static readonly MethodInfo? Output = Find("ReceiveStandardOutputData", typeof(DataReceivedEventArgs));
    private static readonly MethodInfo? Error = Find("ReceiveStandardErrorData", typeof(DataReceivedEventArgs));

    /// <summary>Whether this engine's tasks can be attached.</summary>
    public static bool AreKnown => Exit is not null && Output is not null && Error is not null;

    /// <summary>Has a task hear of a process what it hears of its own. Its end is heard of also when it has been.</summary>
    public static void Attach(ToolTask task, Process process)
    {
        process.OutputDataReceived += Output!.CreateDelegate<DataReceivedEventHandler>(task);
        process.ErrorDataReceived += Error!.CreateDelegate<DataReceivedEventHandler>(task);
        process.Exited += Exit!.CreateDelegate<EventHandler>(task);
        process.EnableRaisingEvents = true;
    }

    private static MethodInfo? Find(string name, Type arguments) =>
        typeof(ToolTask).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic, [typeof(object), arguments]);
}
#endif
