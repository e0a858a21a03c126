namespace BuildGuard.Cli.Init;

/// <summary>Where a reference reaches a project: the file that MSBuild imports into it from the nearest folder above.</summary>
internal sealed class PackagePlaces(Survey survey)
{
    /// <summary>The versions of all packages, where they are managed centrally.</summary>
    public const string Central = "Directory.Packages.props";

    /// <summary>What all projects below it import.</summary>
    public const string Common = "Directory.Build.props";

    /// <summary>The file for a project; it may not be there yet.</summary>
    public string Of(string project)
    {
        string common = Nearest(project, Common) ?? Common;
        return Nearest(project, Central) is { } central && IsOn(central, common, project) ? central : common;
    }

    /// <summary>The file for what is in the root.</summary>
    public string OfRoot() => Of("");

    /// <summary>Whether versions are managed centrally there: the file alone does not make it so.</summary>
    public static bool IsCentral(string place) => Path.GetFileName(place) == Central;

    /// <summary>Whether what a file references is referenced by a project, too.</summary>
    public static bool Reaches(string file, string project) =>
        file == project
        || Path.GetExtension(file) is not (".csproj" or ".fsproj" or ".vbproj")
            && (!Path.GetFileName(file).StartsWith("Directory.", StringComparison.OrdinalIgnoreCase) || project.StartsWith(FolderOf(file), StringComparison.Ordinal));

    private bool IsOn(params string[] files) => files.Any(file => survey.Read(file) is { } text && MSBuildText.ManagesCentrally(text));

    /// <summary>MSBuild takes the nearest one alone, unless that imports the one above it.</summary>
    private string? Nearest(string project, string name)
    {
        string? found = null;
        string folder = FolderOf(project);
        while (true)
        {
            if (survey.Read(folder + name) is { } text)
            {
                found = folder + name;
                if (!MSBuildText.ImportsFromAbove(text, name))
                {
                    return found;
                }
            }

            if (folder.Length == 0)
            {
                return found;
            }

            folder = FolderOf(folder.TrimEnd('/'));
        }
    }

    /// <summary>With its slash; empty for the root.</summary>
    private static string FolderOf(string file) => file[..(file.LastIndexOf('/') + 1)];
}
