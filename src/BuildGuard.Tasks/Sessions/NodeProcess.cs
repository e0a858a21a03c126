using BuildGuard.Tasks.Helper;

namespace BuildGuard.Tasks.Sessions;

/// <summary>The process that this code runs in: the one that a build was started as, or a node that serves it.</summary>
internal static class NodeProcess
{
    /// <summary>Whether it is a node.</summary>
    public static bool IsNode => IsNodeOf(Environment.GetCommandLineArgs());

    /// <summary>Whether it serves many builds, one after the other, and so descends from none of them.</summary>
    public static bool IsReused => IsNode
        && Environment.GetCommandLineArgs().Any(argument => argument.EndsWith("nodeReuse:true", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a command line is that of a node.</summary>
    public static bool IsNodeOf(string[] arguments) => arguments.Any(argument =>
        argument.IndexOf("nodemode", StringComparison.OrdinalIgnoreCase) is 0 or 1);

    /// <summary>Who started this process, unless that has ended; null where it cannot be told.</summary>
    public static int? Parent => ProcessParent.Of("self");

    /// <summary>proc_pid_cmdline(5) of the one who started this process; empty where it cannot be told.</summary>
    public static string[] ParentArguments()
    {
        try
        {
            return Parent is { } parent ? File.ReadAllText($"/proc/{parent}/cmdline").Split(['\0'], StringSplitOptions.RemoveEmptyEntries) : [];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
