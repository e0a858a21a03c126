namespace BuildGuard.Cli.Init;

/// <summary>How a project stands to our package.</summary>
/// <param name="Project">Its file.</param>
/// <param name="Place">The file whose reference reaches it; it may not be there yet. Empty: it is not of this repository.</param>
/// <param name="IsReferenced">Whether it has a reference.</param>
/// <param name="IsCentral">Whether the versions of its packages are managed centrally.</param>
/// <param name="HasCentralVersion">Whether our version stands there already.</param>
/// <param name="Ineffective">A file around it with a reference that does not count; empty if there is none.</param>
internal sealed record ProjectStanding(string Project, string Place, bool IsReferenced, bool IsCentral, bool HasCentralVersion, string Ineffective);

/// <summary>Where a reference reaches a project: by what MSBuild says of it, else by the text of the files around it.</summary>
internal sealed class PackagePlaces
{
    /// <summary>The versions of all packages, where they are managed centrally.</summary>
    private const string Central = "Directory.Packages.props";

    /// <summary>What all projects below it import.</summary>
    public const string Common = "Directory.Build.props";

    private static readonly string[] Imported = [Common, Central, "Directory.Build.targets", "Directory.Packages.targets"];

    private readonly Survey _survey;
    private readonly Dictionary<string, ProjectStanding> _standings;
    private readonly Lazy<OtherProjects> _others;

    /// <summary>Looks at all projects.</summary>
    /// <param name="survey">The repository.</param>
    /// <param name="answers">What MSBuild said.</param>
    /// <param name="problem">Why it did not say anything of some; empty if it did of all that it was asked about.</param>
    public PackagePlaces(Survey survey, IReadOnlyDictionary<string, Evaluation> answers, string problem)
    {
        _survey = survey;
        _others = new(() => OtherProjects.In(survey));
        Referencing = FilesWith(survey, text => MSBuildText.References(text, PackageStep.Package));
        _standings = survey.Projects.ToDictionary(project => project, project => answers.TryGetValue(project, out Evaluation? said) ? Of(project, said) : Guess(project));
        Problem = problem.Length > 0 ? problem
            : survey.Projects.SelectMany(project => ImportsOf(survey, project)).FirstOrDefault(file => !survey.IsSmall(file)) is { } odd ? $"{odd} is empty, very large or no plain file"
            : "";
        IsCentralUnseen = answers.Count < survey.Projects.Count && FilesWith(survey, MSBuildText.ManagesCentrally).Length > 0;
    }

    /// <summary>Why MSBuild did not say anything of some project; empty if it was asked about each that it had to be asked about.</summary>
    public string Problem { get; }

    /// <summary>The files that reference our package in some way.</summary>
    public IReadOnlyList<string> Referencing { get; }

    /// <summary>Whether projects of which MSBuild did not say anything may have central versions without our seeing it.</summary>
    public bool IsCentralUnseen { get; }

    /// <summary>
    /// Whether there may be projects that are not this repository's and import a file of it: they may have central versions, and
    /// are not looked at. A submodule may not be there yet.
    /// </summary>
    public bool ReachesOthers(string file) => _survey.Has(".gitmodules") || _others.Value.IsCut || OthersBelow(file).Any();

    /// <summary>The projects that are not this repository's and import a file of it, as far as names tell.</summary>
    public IEnumerable<string> OthersBelow(string file) => _others.Value.Projects.Where(project => (Nearest(FolderOf(project), Common) ?? Common) == file);

    /// <summary>How a project stands.</summary>
    public ProjectStanding this[string project] => _standings[project];

    /// <summary>
    /// The projects that MSBuild is to be asked about. Where our package is an SDK it would be fetched for that; and there the
    /// text says enough.
    /// </summary>
    public static string[] ToBeAsked(Survey survey)
    {
        string[] sdks = FilesWith(survey, text => MSBuildText.UsesSdk(text, PackageStep.Package));
        return [.. survey.Projects.Where(project => ImportsOf(survey, project).All(survey.IsSmall) && !Array.Exists(sdks, file => Reaches(file, project)))];
    }

    /// <summary>The project, and what it imports by name: whoever reads a pipe there waits for ever.</summary>
    private static IEnumerable<string> ImportsOf(Survey survey, string project)
    {
        yield return project;
        for (string folder = FolderOf(project); ; folder = Above(folder))
        {
            foreach (string file in Imported.Select(name => folder + name).Where(survey.Has))
            {
                yield return file;
            }

            if (folder.Length == 0)
            {
                yield break;
            }
        }
    }

    /// <summary>Whether some project below the folder of a file has central versions.</summary>
    public bool IsCentralBelow(string file) => _standings.Values.Any(one => one.IsCentral && one.Project.StartsWith(FolderOf(file), StringComparison.Ordinal));

    /// <summary>Whether some project below the folder of a file has none.</summary>
    public bool IsPlainBelow(string file) => _standings.Values.Any(one => !one.IsCentral && one.Project.StartsWith(FolderOf(file), StringComparison.Ordinal));

    private static string[] FilesWith(Survey survey, Func<string, bool> condition) => [.. survey.MSBuildFiles.Where(file => survey.Read(file) is { } text && condition(text))];

    private ProjectStanding Of(string project, Evaluation said)
    {
        string common = said.CommonFile.Length == 0 ? Common : Outermost(InRepository(said.CommonFile));
        string versions = said.IsCentral ? Outermost(InRepository(said.VersionsFile)) : "";
        string[] near = [project, InRepository(said.CommonFile), common, versions];
        string ineffective = said.References > 0 ? "" : Array.Find(near, Referencing.Contains) ?? "";
        return new ProjectStanding(project, versions.Length > 0 ? versions : common, said.References > 0, said.IsCentral, said.HasCentralVersion, ineffective);
    }

    /// <summary>By the names of files alone: what is imported from elsewhere is not seen.</summary>
    private ProjectStanding Guess(string project)
    {
        string common = Nearest(FolderOf(project), Common) ?? Common;
        string? central = Nearest(FolderOf(project), Central);
        bool isCentral = central is not null && (IsOn(central) || IsOn(common) || IsOn(project));
        bool hasVersion = isCentral && MSBuildText.FindVersions(_survey.Read(central!)!, PackageStep.Package).Count > 0;
        return new ProjectStanding(project, isCentral ? central! : common, Referencing.Any(file => Reaches(file, project)), isCentral, hasVersion, "");
    }

    /// <summary>Whether what a file references is referenced by a project, too, as far as names tell.</summary>
    private static bool Reaches(string file, string project) =>
        file == project
        || !Survey.IsProject(file)
            && (!Path.GetFileName(file).StartsWith("Directory.", StringComparison.OrdinalIgnoreCase) || project.StartsWith(FolderOf(file), StringComparison.Ordinal));

    private bool IsOn(string file) => _survey.Read(file) is { } text && MSBuildText.ManagesCentrally(text);

    /// <summary>From the root; empty if it is not of this repository.</summary>
    private string InRepository(string path) =>
        path.Length > 0 && Path.GetRelativePath(_survey.Root, path) is var file && !file.StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(file) ? file : "";

    /// <summary>The file itself, or the one of its name above that it imports.</summary>
    private string Outermost(string file) =>
        _survey.Read(file) is { } text && MSBuildText.ImportsItsName(text, Path.GetFileName(file)) && FolderOf(file) is { Length: > 0 } folder
            ? Nearest(Above(folder), Path.GetFileName(file)) ?? file
            : file;

    /// <summary>MSBuild takes the nearest one alone, unless that imports the one above it.</summary>
    private string? Nearest(string folder, string name)
    {
        string? found = null;
        while (true)
        {
            if (_survey.Read(folder + name) is { } text)
            {
                found = folder + name;
                if (!MSBuildText.ImportsItsName(text, name))
                {
                    return found;
                }
            }

            if (folder.Length == 0)
            {
                return found;
            }

            folder = Above(folder);
        }
    }

    private static string Above(string folder) => FolderOf(folder.TrimEnd('/'));

    /// <summary>With its slash; empty for the root.</summary>
    private static string FolderOf(string file) => file[..(file.LastIndexOf('/') + 1)];
}
