namespace BuildGuard.Idling;

/// <summary>Processes of the tool chain that stay for whoever comes next.</summary>
public enum ToolKind
{
    /// <summary>A reusable worker node of MSBuild, or its server.</summary>
    BuildNode,

    /// <summary>The server of the compiler, VBCSCompiler.</summary>
    Compiler,

    /// <summary>A host of VSTest whose parent is dead.</summary>
    TestHost,
}

/// <summary>Tells them by their command lines.</summary>
public static class ToolKinds
{
    /// <summary>As in <c>buildNode</c>, for programs.</summary>
    public static string ToName(this ToolKind kind) => kind switch
    {
        ToolKind.BuildNode => "buildNode",
        ToolKind.Compiler => "compiler",
        _ => "testHost",
    };

    /// <summary>For people.</summary>
    public static string ToText(this ToolKind kind) => kind switch
    {
        ToolKind.BuildNode => "MSBuild node",
        ToolKind.Compiler => "compiler server",
        _ => "test host",
    };

    /// <summary>What a command line starts; <c>null</c> if it is nothing of the kind.</summary>
    /// <param name="arguments">The program and its arguments.</param>
    /// <param name="parent">
    /// For a test host the process that it was started for, which alone may still need it; else 0.
    /// </param>
    public static ToolKind? Of(string[] arguments, out int parent)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        parent = 0;
        if (Names(arguments, "VBCSCompiler"))
        {
            return ToolKind.Compiler;
        }

        if (Names(arguments, "MSBuild"))
        {
            // A node without reuse ends with its build; 8 is the server, which is always for the next one.
            string? mode = Switch(arguments, "nodemode");
            bool isReusable = mode == "8" || (mode is not null && "true".Equals(Switch(arguments, "nodereuse"), StringComparison.OrdinalIgnoreCase));
            return isReusable ? ToolKind.BuildNode : null;
        }

        int option = Names(arguments, "testhost") ? Array.IndexOf(arguments, "--parentprocessid") : -1;
        return option >= 0 && option + 1 < arguments.Length && int.TryParse(arguments[option + 1], out parent) && parent > 0 ? ToolKind.TestHost : null;
    }

    /// <summary>Whether the program, or the first file that the .NET host is given, is the one of that name.</summary>
    private static bool Names(string[] arguments, string name)
    {
        foreach (string argument in arguments)
        {
            string file = argument[(argument.LastIndexOf('/') + 1)..];
            if (file.Equals(name, StringComparison.Ordinal) || file.Equals(name + ".dll", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            // Behind the program stand the host's options, and then the file that it runs.
            if (file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return false;
    }

    private static string? Switch(string[] arguments, string name)
    {
        foreach (string argument in arguments)
        {
            if (argument.Length > name.Length + 2 && argument[0] is '/' or '-' && argument[name.Length + 1] == ':'
                && argument.AsSpan(1, name.Length).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return argument[(name.Length + 2)..];
            }
        }

        return null;
    }
}
