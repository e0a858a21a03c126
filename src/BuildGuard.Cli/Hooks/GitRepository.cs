using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Hooks;

/// <summary>What git says about the repository of the working directory.</summary>
/// <param name="Top">The root of the working tree; of a bare repository its own directory.</param>
/// <param name="CommonDirectory">What all its working trees share.</param>
/// <param name="Hooks">The folder whose hooks git runs, links resolved. It may not exist.</param>
/// <param name="HooksPathScope">Where <c>core.hooksPath</c> is set, as in <c>global</c>; empty if it is not.</param>
/// <param name="HasWorkingTree">Whether we stand in a working tree, and not in a bare repository or among git's own files.</param>
internal sealed record GitRepository(string Top, string CommonDirectory, string Hooks, string HooksPathScope, bool HasWorkingTree)
{
    /// <summary>Whether the folder is this repository's alone.</summary>
    public bool OwnsHooks => IsBelow(Hooks, Top) || IsBelow(Hooks, CommonDirectory);

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
        "local" or "worktree" => $"git config --{HooksPathScope} --unset-all core.hooksPath",
        _ => $"git config --{HooksPathScope} --unset-all core.hooksPath; or for this repository alone: git config core.hooksPath {GuardProgram.Quote(Path.Combine(CommonDirectory, "hooks"))}",
    };

    /// <summary>Asks git.</summary>
    /// <exception cref="GuardException">BG0020: there is no repository here, or no git.</exception>
    public static GitRepository Find()
    {
        Answer common = Git(null, "rev-parse", "--path-format=absolute", "--git-common-dir");
        if (!common.IsSuccess)
        {
            throw new GuardException(Messages.HooksUnusable(common.Complaint, common.ExitCode == ExitCodes.NotFound ? "install git" : "go to a git repository, or make one with 'git init'"));
        }

        Answer top = Git(null, "rev-parse", "--show-toplevel");
        string root = top.IsSuccess ? top.Line : common.Line;

        // A relative core.hooksPath means below the root, wherever we stand.
        string hooks = Git(root, "rev-parse", "--path-format=absolute", "--git-path", "hooks").Line;
        string scope = Git(root, "config", "--show-scope", "--get", "core.hooksPath").Line.Split('\t')[0];
        return new GitRepository(Resolve(root), Resolve(common.Line), Resolve(hooks), scope, top.IsSuccess);
    }

    /// <summary>Asks git; <c>null</c> where there is no repository, or no git.</summary>
    public static GitRepository? FindOrNone() => Git(null, "rev-parse", "--git-common-dir").IsSuccess ? Find() : null;

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
                : throw new GuardException(Messages.InitFailed($"git does not say which files are of this repository: {files.Complaint}", $"see that 'git -C {GuardProgram.Quote(Top)} ls-files' works"));
        }
    }

    /// <summary>Whether a file is under version control.</summary>
    public bool IsTracked(string file) => Git(Top, "ls-files", "--error-unmatch", "--", file).IsSuccess;

    private static Answer Git(string? directory, params string[] arguments) => ExternalProgram.Ask("git", directory is null ? arguments : ["-C", directory, .. arguments]);

    private static string Resolve(string path) =>
        Path.TrimEndingDirectorySeparator((Directory.Exists(path) ? Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path);

    private static bool IsBelow(string path, string directory) => path.StartsWith(directory + "/", StringComparison.Ordinal);
}
