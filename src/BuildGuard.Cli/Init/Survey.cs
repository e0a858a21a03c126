using System.Diagnostics;
using BuildGuard.Cli.Hooks;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>What a repository is made of.</summary>
internal sealed class Survey
{
    private const long LargestFile = 1 << 20;

    private static readonly string[] Skipped = [".git", ".hg", ".vs", "bin", "obj", "node_modules", "artifacts", "packages", ".venv", "venv", ".buildguard"];
    private static readonly string[] PythonSettings = ["requirements.txt", "requirements-dev.txt", "pyproject.toml", "setup.cfg", "tox.ini", "Pipfile", "setup.py"];

    private readonly SurveyBounds _bounds;
    private readonly GitRepository? _repository;
    private readonly List<string> _others = [];
    private IReadOnlyList<OtherTests>? _otherTests;
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Looks at it.</summary>
    /// <param name="root">Its root.</param>
    /// <param name="repository">What says which files are its own; if none does, they are looked for.</param>
    /// <param name="bounds">How far they are; without end by default.</param>
    public Survey(string root, GitRepository? repository = null, SurveyBounds? bounds = null)
    {
        Root = root;
        _bounds = bounds ?? SurveyBounds.None;
        _repository = repository;
        Files = [.. (repository is null ? Walk() : OfGit(repository)).Select(path => Path.GetRelativePath(root, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Projects = [.. Files.Where(IsProject)];
    }

    /// <summary>The root.</summary>
    public string Root { get; }

    /// <summary>What was not looked at, for people; empty if all of it was.</summary>
    public string Unseen { get; private set; } = "";

    /// <summary>Whether the time for it is over; from then on <see cref="Unseen"/> says so.</summary>
    public bool IsLate
    {
        get
        {
            bool isLate = Stopwatch.GetElapsedTime(_start) > _bounds.Time;
            if (isLate)
            {
                Unseen = $"what is left after {_bounds.Time.TotalSeconds:0} s";
            }

            return isLate;
        }
    }

    /// <summary>All its files, from the root.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Its projects.</summary>
    public IReadOnlyList<string> Projects { get; }

    /// <summary>Its tests that are not of .NET.</summary>
    public IReadOnlyList<OtherTests> OtherTests => _otherTests ??= Init.OtherTests.In(this);

    /// <summary>Its projects, and what they may import.</summary>
    public IEnumerable<string> MSBuildFiles => Files.Where(file => IsMSBuildFile(file) && !IsProject(file)).Concat(Projects).Where(IsSmall);

    /// <summary>Folders inside that are not its own: other repositories, submodules among them, and what is ignored, but for what tools make.</summary>
    public IEnumerable<string> ForeignFolders
    {
        get
        {
            (IReadOnlyList<string> repositories, IReadOnlyList<string> ignored) = _repository?.ListForeignFolders() ?? (_others, []);
            return repositories.Concat(ignored.Where(folder => !folder.Split('/').Any(Skipped.Contains)));
        }
    }

    /// <summary>The root of the repository that it is a submodule of; empty if it is none.</summary>
    public string Superproject => _repository?.Superproject() ?? "";

    /// <summary>Its solutions.</summary>
    public IEnumerable<string> Solutions => Files.Where(file => Path.GetExtension(file) is ".sln" or ".slnx");

    /// <summary>Whether it is a project, or what projects may import.</summary>
    public static bool IsMSBuildFile(string file) => IsProject(file) || Path.GetExtension(file) is ".props" or ".targets";

    /// <summary>Whether it is a file of settings of pytest, whatever is in it.</summary>
    public static bool IsPytestFile(string file) => Path.GetFileName(file) is "pytest.ini" or ".pytest.ini" or "pytest.toml" or ".pytest.toml";

    /// <summary>Whether there is a file in the root.</summary>
    public bool Has(string path) => File.Exists(Path.Combine(Root, path));

    /// <summary>Whether it is a link to a file that is none of the repository's, or none that we write.</summary>
    public bool IsElsewhere(string path) => Has(path) && !InitFiles.MayWrite(Root, path);

    /// <summary>What a file holds; <c>null</c> if it is not there. A pipe has no length, and whoever opens it may wait for ever.</summary>
    public string? Read(string path) => new FileInfo(Path.Combine(Root, path)) switch
    {
        { Exists: false } => null,
        { LinkTarget: null, Length: 0 } => "",
        var file => new FileInfo(ForeignFile.Behind(file.FullName)) is { Length: 0 } ? "" : ByteText.Read(file.FullName),
    };

    /// <summary>Whether the settings of Python in the root have a word.</summary>
    public bool PythonMentions(string word) =>
        PythonSettings.Any(file => Has(file) && IsSmall(file) && Read(file)!.Contains(word, StringComparison.Ordinal));

    /// <summary>Whether it is worth reading.</summary>
    public bool IsSmall(string path) => new FileInfo(Path.Combine(Root, path)) is { Exists: true, Length: > 0 and < LargestFile };

    internal static bool IsProject(string file) => Path.GetExtension(file) is ".csproj" or ".fsproj" or ".vbproj";

    /// <summary>What is under version control, whatever its folder is called, and what is new where work is done.</summary>
    private IEnumerable<string> OfGit(GitRepository repository)
    {
        (IReadOnlyList<string> tracked, IReadOnlyList<string> fresh) = repository.ListFiles();
        return tracked.Concat(fresh.Where(file => !file.Split('/')[..^1].Any(Skipped.Contains)))
            .Select(file => Path.Combine(Root, file))
            .Where(file => new FileInfo(file) is { Exists: true, LinkTarget: null });
    }

    /// <summary>Folder by folder, the nearest first: what the bounds leave out is the deepest.</summary>
    private IEnumerable<string> Walk()
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var folders = new Queue<(string Path, int Depth)>([(Root, 0)]);
        int files = 0;
        while (folders.TryDequeue(out (string Path, int Depth) folder))
        {
            foreach (string file in Directory.EnumerateFiles(folder.Path, "*", options))
            {
                if (++files > _bounds.Files)
                {
                    Unseen = $"what is left after {_bounds.Files} files";
                    yield break;
                }

                if (IsLate)
                {
                    yield break;
                }

                yield return file;
            }

            foreach (string below in Directory.EnumerateDirectories(folder.Path, "*", options).Where(below => !Skipped.Contains(Path.GetFileName(below))))
            {
                if (Path.Exists(Path.Combine(below, ".git")))
                {
                    // Another repository.
                    _others.Add(Path.GetRelativePath(Root, below).Replace('\\', '/'));
                }
                else if (folder.Depth < _bounds.Depth)
                {
                    folders.Enqueue((below, folder.Depth + 1));
                }
                else
                {
                    Unseen = $"what is more than {_bounds.Depth} folders deep";
                }
            }
        }
    }
}
