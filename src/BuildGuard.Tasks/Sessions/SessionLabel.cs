namespace BuildGuard.Tasks.Sessions;

/// <summary>What people know a build by: the command that started it.</summary>
internal static class SessionLabel
{
    private const int MaxLength = 120;

    /// <summary>The command of this build as far as it can be told, else where it was started.</summary>
    public static string Of(string startupDirectory)
    {
        var arguments = IsNode(Environment.GetCommandLineArgs()) ? ParentArguments() : Environment.GetCommandLineArgs();
        var label = arguments.Length > 1 && !IsNode(arguments) ? FromArguments(arguments) : "build in " + startupDirectory;
        return label.Length <= MaxLength ? label : label.Substring(0, MaxLength - 1) + "…";
    }

    /// <summary>Whether this process serves many builds, one after the other, and so descends from none of them.</summary>
    public static bool IsOfReusedNode => IsNode(Environment.GetCommandLineArgs())
        && Environment.GetCommandLineArgs().Any(argument => argument.EndsWith("nodeReuse:true", StringComparison.OrdinalIgnoreCase));

    private static string FromArguments(string[] arguments)
    {
        // "dotnet build" loads MSBuild or itself as a file: neither says anything to people.
        var told = arguments
            .Where(argument => !argument.EndsWith("MSBuild.dll", StringComparison.OrdinalIgnoreCase)
                && !argument.EndsWith("dotnet.dll", StringComparison.OrdinalIgnoreCase)
                && argument != "exec")
            .Select((argument, index) => index == 0 ? Path.GetFileNameWithoutExtension(argument) : argument);
        var text = string.Join(" ", told);
        return arguments.Any(argument => argument.EndsWith("dotnet.dll", StringComparison.OrdinalIgnoreCase))
            && !text.StartsWith("dotnet", StringComparison.Ordinal) ? "dotnet " + text : text;
    }

    private static bool IsNode(string[] arguments) => arguments.Any(argument =>
        argument.IndexOf("nodemode", StringComparison.OrdinalIgnoreCase) is 0 or 1);

    /// <summary>proc_pid_cmdline(5) of the parent, which started this node unless another build did.</summary>
    private static string[] ParentArguments()
    {
        try
        {
            var stat = File.ReadAllText("/proc/self/stat");
            var parent = stat.Substring(stat.LastIndexOf(')') + 1).Split([' '], StringSplitOptions.RemoveEmptyEntries)[1];
            return File.ReadAllText($"/proc/{parent}/cmdline").Split(['\0'], StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return [];
        }
    }
}
