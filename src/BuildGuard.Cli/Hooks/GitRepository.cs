using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Hooks;

/// <summary>What git says about the repository of the working directory.</summary>
/// <param name="Top">The root of the working tree; of a bare repository its own directory.</param>
/// <param name="CommonDirectory">What all its working trees share.</param>
/// <param name="Hooks">The folder whose hooks git runs, links resolved. It may not exist.</param>
/// <param name="HooksPathScope">Where <c>core.hooksPath</c> is set, as in <c>global</c>; empty if it is not.</param>
/// <param name="HooksPathFile">The file that sets it, where the one of its scope only includes that; else empty.</param>
/// <param name="HasWorkingTree">Whether we stand in a working tree, and not in a bare repository or among git's own files.</param>
internal sealed record GitRepository(string Top, string CommonDirectory, string Hooks, string HooksPathScope, string HooksPathFile, bool HasWorkingTree)
{
    private const string FileOrigin = "file:";

    /// <summary>Whether the folder is this repository's alone.</summary>
    public bool OwnsHooks => Owns(Hooks);

    /// <summary>Git's own folder of hooks, links resolved. It may not exist.</summary>
    public string OwnHooks => Resolve(Path.Combine(CommonDirectory, "hooks"));

    /// <summary>Whether a folder is this repository's alone.</summary>
    public bool Owns(string folder) => IsBelow(folder, Top) || IsBelow(folder, CommonDirectory);

    /// <summary>
    /// Whether git runs no hooks at all: <c>core.hooksPath</c> is empty, or names what can be no folder, as people do with
    /// <c>/dev/null</c>.
    /// </summary>
    public bool HasNoHooks => HooksPathScope.Length > 0 && (Hooks.Length == 0 || File.Exists(Hooks));

    /// <summary>What switches them off, for people.</summary>
    public string NoHooksReason => $"hooks are switched off by core.hooksPath={Hooks} ({HooksPathScope} configuration)";

    /// <summary>The command that switches them on again.</summary>
    public string NoHooksRemedy => HooksPathScope switch
    {
        "command" => "leave out -c core.hooksPath, or unset GIT_CONFIG_COUNT and GIT_CONFIG_PARAMETERS",
        "local" or "worktree" => Unset,
        _ => $"{Unset}; or for this repository alone: git config core.hooksPath {ShellWord.Quote(Path.Combine(CommonDirectory, "hooks"))}",
    };

    /// <summary>Why a folder of hooks is not changed unasked, for people.</summary>
    public string SharedReason => $"core.hooksPath ({HooksPathScope} configuration) names {Hooks}, outside this repository: its hooks run in others too";

    /// <summary>One that a file of the configuration includes is out of reach of the options that name a scope.</summary>
    private string Unset => HooksPathFile.Length == 0
        ? $"git config --{HooksPathScope} --unset-all core.hooksPath"
        : $"git config --file {ShellWord.Quote(HooksPathFile)} --unset-all core.hooksPath";

    /// <summary>Asks git.</summary>
    /// <param name="absence">Why there is none.</param>
    /// <returns>The repository; <c>null</c>: there is none that git could tell of.</returns>
    public static GitRepository? Find(out GitAbsence? absence)
    {
        Answer common = Git(null, "rev-parse", "--path-format=absolute", "--git-common-dir");
        absence = common.IsSuccess ? null : GitAbsence.Of(common);
        if (!common.IsSuccess)
        {
            return null;
        }

        Answer top = Git(null, "rev-parse", "--show-toplevel");
        string root = top.IsSuccess ? top.Line : common.Line;

        // A relative core.hooksPath means below the root, wherever we stand.
        string hooks = Git(root, "rev-parse", "--path-format=absolute", "--git-path", "hooks").Line;
        string[] setting = Git(root, "config", "-z", "--show-scope", "--show-origin", "--get", "core.hooksPath").Line.Split('\0');
        string scope = setting[0];
        string file = setting.Length > 1 && setting[1].StartsWith(FileOrigin, StringComparison.Ordinal)
            && !Git(root, "config", $"--{scope}", "--no-includes", "--get", "core.hooksPath").IsSuccess
                ? Path.GetFullPath(setting[1][FileOrigin.Length..], root)
                : "";

        // In git's own directory of a submodule it names the working tree, too.
        bool hasWorkingTree = top.IsSuccess && Git(null, "rev-parse", "--is-inside-work-tree").Line == "true";
        return new GitRepository(Resolve(root), Resolve(common.Line), Resolve(hooks), scope, file, hasWorkingTree);
    }

    /// <summary>The nearest directory with a <c>.git</c>, whether git tells of it or not; <c>null</c> if there is none.</summary>
    public static string? RootAround(string? directory) =>
        directory is null || Path.Exists(Path.Combine(directory, ".git")) ? directory : RootAround(Path.GetDirectoryName(directory));

    /// <summary>
    /// The files of the working tree, from its root: those under version control, and those that are new and not ignored. What is
    /// in submodules and other repositories inside is none of them.
    /// </summary>
    /// <exception cref="GuardException">BG0022: git does not say.</exception>
    public (IReadOnlyList<string> Tracked, IReadOnlyList<string> New) ListFiles()
    {
        return (List("--cached"), List("--others", "--exclude-standard"));

        IReadOnlyList<string> List(params string[] which)
        {
            Answer files = Git(Top, ["ls-files", "-z", .. which]);
            return files.IsSuccess
                ? [.. ByteText.ToText(files.Raw).Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => !file.EndsWith('/')).Distinct()]
                : throw new GuardException(Messages.InitFailed($"git does not say which files are of this repository: {files.Complaint}", $"see that 'git -C {ShellWord.Quote(Top)} ls-files' works"));
        }
    }

    /// <summary>
    /// The folders in the working tree that are not the repository's, from its root: other repositories, submodules among them, and
    /// what is ignored as a whole. Empty where git does not say.
    /// </summary>
    public (IReadOnlyList<string> Repositories, IReadOnlyList<string> Ignored) ListForeignFolders()
    {
        const string Submodule = "160000 ";
        IEnumerable<string> submodules = List("--stage").Where(entry => entry.StartsWith(Submodule, StringComparison.Ordinal)).Select(entry => entry[(entry.IndexOf('\t', StringComparison.Ordinal) + 1)..]);
        return (
            [.. submodules, .. Folders("--others", "--exclude-standard")],
            [.. Folders("--others", "--ignored", "--exclude-standard", "--directory")]);

        IEnumerable<string> Folders(params string[] which) => List(which).Where(entry => entry.EndsWith('/')).Select(entry => entry[..^1]);

        string[] List(params string[] which) => ByteText.ToText(Git(Top, ["ls-files", "-z", .. which]).Raw).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The root of the working tree that this repository is a submodule of; empty if it is none.</summary>
    public string Superproject() => Git(Top, "rev-parse", "--show-superproject-working-tree").Line;

    /// <summary>Whether a file is under version control.</summary>
    public bool IsTracked(string file) => Git(Top, "ls-files", "--error-unmatch", "--", file).IsSuccess;

    private static Answer Git(string? directory, params string[] arguments) => ExternalProgram.Ask("git", directory is null ? arguments : ["-C", directory, .. arguments]);

    private static string Resolve(string path) =>
        Path.TrimEndingDirectorySeparator((Directory.Exists(path) ? Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path);

    private static bool IsBelow(string path, string directory) => path.StartsWith(directory + "/", StringComparison.Ordinal);
}
