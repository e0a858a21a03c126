namespace BuildGuard.Tasks.Projects;

/// <summary>A line of a project's file that concerns the guard.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The property, or the task, as it is written.</param>
/// <param name="File">The file.</param>
/// <param name="Line">Its line, from 1.</param>
internal sealed record ProjectFileElement(ProjectFileElementKind Kind, string Name, string File, int Line)
{
    /// <summary>Its condition as it is written; empty for none.</summary>
    public string Condition { get; init; } = "";

    /// <summary>For a property: what it is set to, as it is written.</summary>
    public string Value { get; init; } = "";

    /// <summary>For a task: whether it takes the place of others of its name, as it is written.</summary>
    public string Override { get; init; } = "";
}

/// <summary>What concerns the guard.</summary>
internal enum ProjectFileElementKind
{
    /// <summary>A property whose name begins with <c>BuildGuard</c>.</summary>
    Property,

    /// <summary>A task that may take the place of others of its name.</summary>
    TaskOverride,
}
