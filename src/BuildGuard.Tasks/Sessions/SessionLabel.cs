namespace BuildGuard.Tasks.Sessions;

/// <summary>What people know a build by: the command that started it.</summary>
internal static class SessionLabel
{
    private const int MaxLength = 120;

    /// <summary>The command of this build as far as it can be told, else where it was started.</summary>
    public static string Of(string startupDirectory)
    {
        var arguments = NodeProcess.IsNode ? NodeProcess.ParentArguments() : Environment.GetCommandLineArgs();
        var label = arguments.Length > 1 && !NodeProcess.IsNodeOf(arguments) ? FromArguments(arguments) : "build in " + startupDirectory;
        return label.Length <= MaxLength ? label : label.Substring(0, MaxLength - 1) + "…";
    }

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
}
