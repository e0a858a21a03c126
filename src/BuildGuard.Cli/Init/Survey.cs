using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>What a repository is made of.</summary>
internal sealed class Survey
{
    private const long LargestFile = 1 << 20;

    private static readonly string[] Skipped = [".git", ".hg", ".vs", "bin", "obj", "node_modules", "artifacts", "packages", ".venv", "venv", ".buildguard"];
    private static readonly string[] PythonSettings = ["requirements.txt", "requirements-dev.txt", "pyproject.toml", "setup.cfg", "tox.ini", "Pipfile", "setup.py"];

    /// <summary>Looks at it.</summary>
    /// <param name="root">Its root.</param>
    public Survey(string root)
    {
        Root = root;
        Files = [.. Walk(root).Select(path => Path.GetRelativePath(root, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Projects = [.. Files.Where(file => file.EndsWith("proj", StringComparison.OrdinalIgnoreCase) && Path.GetExtension(file) is ".csproj" or ".fsproj" or ".vbproj")];
    }

    /// <summary>The root.</summary>
    public string Root { get; }

    /// <summary>All its files, from the root.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Its projects.</summary>
    public IReadOnlyList<string> Projects { get; }

    /// <summary>Its projects, and what they may import.</summary>
    public IEnumerable<string> MSBuildFiles => Files.Where(file => Path.GetExtension(file) is ".props" or ".targets").Concat(Projects).Where(IsSmall);

    /// <summary>Its solutions.</summary>
    public IEnumerable<string> Solutions => Files.Where(file => Path.GetExtension(file) is ".sln" or ".slnx");

    /// <summary>Whether pytest runs its tests of Python.</summary>
    public bool HasPytest => Files.Any(file => Path.GetFileName(file) == "conftest.py" || IsPytestFile(file)) || PythonMentions("pytest");

    /// <summary>Whether it is a file of settings of pytest, whatever is in it.</summary>
    public static bool IsPytestFile(string file) => Path.GetFileName(file) is "pytest.ini" or ".pytest.ini" or "pytest.toml" or ".pytest.toml";

    /// <summary>Projects that reference a package whose name begins so.</summary>
    public IEnumerable<string> ProjectsWith(string package) =>
        Projects.Where(project => Read(project)!.Contains($"Include=\"{package}", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether there is a file in the root.</summary>
    public bool Has(string path) => File.Exists(Path.Combine(Root, path));

    /// <summary>Whether it is a link to a file that is none of the repository's.</summary>
    public bool IsElsewhere(string path) =>
        Has(path)
        && File.ResolveLinkTarget(Path.Combine(Root, path), returnFinalTarget: true) is { } target
        && Path.GetRelativePath(Root, target.FullName).StartsWith("..", StringComparison.Ordinal);

    /// <summary>What a file holds; <c>null</c> if it is not there.</summary>
    public string? Read(string path) => Has(path) ? ByteText.Read(Path.Combine(Root, path)) : null;

    /// <summary>Whether the settings of Python in the root have a word.</summary>
    public bool PythonMentions(string word) =>
        PythonSettings.Any(file => Has(file) && IsSmall(file) && Read(file)!.Contains(word, StringComparison.Ordinal));

    /// <summary>Whether it is worth reading. A pipe has no length, and whoever opens it may wait for ever.</summary>
    private bool IsSmall(string path) => new FileInfo(Path.Combine(Root, path)) is { Exists: true, Length: > 0 and < LargestFile };

    private static IEnumerable<string> Walk(string directory)
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        return Directory.EnumerateFiles(directory, "*", options).Concat(
            Directory.EnumerateDirectories(directory, "*", options).Where(below => !Skipped.Contains(Path.GetFileName(below))).SelectMany(Walk));
    }
}
