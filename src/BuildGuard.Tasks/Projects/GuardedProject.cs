using System.Text;

namespace BuildGuard.Tasks.Projects;

/// <summary>
/// What one project wants of the guard, as it travels in the environment of the project's build from the step that knows
/// the project's properties to those that do not: the Exec task and the stand-in for the test console.
/// </summary>
internal sealed class GuardedProject
{
    /// <summary>The variable it travels in. Nothing that the guard starts sees it.</summary>
    public const string Variable = "_BUILDGUARD_PROJECT";

    /// <summary>The project's name, for people.</summary>
    public string Name { get; set; } = "";

    /// <summary>The file to start for the helper.</summary>
    public string HelperFile { get; set; } = "";

    /// <summary>The managed helper that <see cref="HelperFile"/> runs; empty for a native one.</summary>
    public string HelperManagedFile { get; set; } = "";

    /// <summary>The test console that the stand-in starts.</summary>
    public string TestConsole { get; set; } = "";

    /// <summary>The file of the task that runs an application of tests in a build; empty for none.</summary>
    public string TestTask { get; set; } = "";

    /// <summary>The program that runs <see cref="TestConsole"/>.</summary>
    public string DotnetHost { get; set; } = "";

    /// <summary>The lease it stands in, where its environment cannot say that; empty where it can.</summary>
    public string Lease { get; set; } = "";

    /// <summary>Whether one whole build is one operation; else only each of its steps is.</summary>
    public bool HoldsBuild { get; set; }

    /// <summary>The lease in which the project's build was started; empty for none.</summary>
    public string OuterLease { get; set; } = "";

    /// <summary>The path of Session.proj.</summary>
    public string SessionProject { get; set; } = "";

    /// <summary>The helper that the user chose instead of the packaged one; empty for the packaged one.</summary>
    public string ChosenHelper { get; set; } = "";

    /// <summary>The task assembly that the user chose instead of the packaged one; empty for the packaged one.</summary>
    public string ChosenTasks { get; set; } = "";

    /// <summary>The project's settings, each <c>NAME=VALUE</c>, as the helper takes them after <c>--property</c>.</summary>
    public List<string> Properties { get; } = [];

    /// <summary>As one text that any environment can hold.</summary>
    public string Encode()
    {
        var text = new StringBuilder();
        Append(text, "name", Name);
        Append(text, "helper", HelperFile);
        Append(text, "managed", HelperManagedFile);
        Append(text, "console", TestConsole);
        Append(text, "task", TestTask);
        Append(text, "dotnet", DotnetHost);
        Append(text, "lease", Lease);
        Append(text, "hold", HoldsBuild ? "build" : "");
        Append(text, "outer", OuterLease);
        Append(text, "session", SessionProject);
        Append(text, "chosenHelper", ChosenHelper);
        Append(text, "chosenTasks", ChosenTasks);
        foreach (var property in Properties)
        {
            Append(text, "property", property);
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; null when the text is no such thing.</summary>
    public static GuardedProject? Decode(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var project = new GuardedProject();
        foreach (var member in text!.Split('&'))
        {
            var equals = member.IndexOf('=');
            if (equals > 0)
            {
                project.Take(member.Substring(0, equals), Uri.UnescapeDataString(member.Substring(equals + 1)));
            }
        }

        return project.HelperFile.Length > 0 ? project : null;
    }

    /// <summary>The arguments that hand the settings to the helper.</summary>
    public IEnumerable<string> PropertyArguments() => Properties.SelectMany(property => new[] { "--property", property });

    private void Take(string name, string value)
    {
        switch (name)
        {
            case "name": Name = value; break;
            case "helper": HelperFile = value; break;
            case "managed": HelperManagedFile = value; break;
            case "console": TestConsole = value; break;
            case "task": TestTask = value; break;
            case "dotnet": DotnetHost = value; break;
            case "lease": Lease = value; break;
            case "hold": HoldsBuild = value == "build"; break;
            case "outer": OuterLease = value; break;
            case "session": SessionProject = value; break;
            case "chosenHelper": ChosenHelper = value; break;
            case "chosenTasks": ChosenTasks = value; break;
            case "property": Properties.Add(value); break;
        }
    }

    private static void Append(StringBuilder text, string name, string value)
    {
        if (value.Length > 0)
        {
            text.Append(text.Length > 0 ? "&" : "").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}
