namespace BuildGuard.Tasks.Projects;

/// <summary>A line of a project's file that concerns the guard.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The property, or the task that replaces Exec.</param>
/// <param name="File">The file.</param>
/// <param name="Line">Its line, from 1.</param>
internal sealed record ProjectFileElement(ProjectFileElementKind Kind, string Name, string File, int Line);

/// <summary>What concerns the guard.</summary>
internal enum ProjectFileElementKind
{
    /// <summary>A property whose name begins with <c>BuildGuard</c>.</summary>
    Property,

    /// <summary>A task in the place of Exec.</summary>
    ExecOverride,
}
