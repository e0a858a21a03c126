using System.Text.RegularExpressions;
using BuildGuard.Cli.CommandLine;

namespace BuildGuard.Cli.Init;

/// <summary>
/// NuGet's lock files: a restore in locked mode fails (NU1004) where the packages of a project are not those of its lock file, and
/// only NuGet can write that.
/// </summary>
internal static partial class LockFiles
{
    private const string Ending = ".lock.json";

    /// <summary>What is to be said where files that are to be changed get a reference; nothing where there are no lock files.</summary>
    public static void AddTo(InitPlan plan, Survey survey)
    {
        string[] stale = [.. In(survey).Where(file => plan.Changes.Exists(change => Reaches(change.Path, file)) && VersionIn(survey, file) != CommandTree.Version)];
        if (stale.Length > 0)
        {
            plan.Remarks.Add($"{InitPlan.Count(stale)} {(stale.Length == 1 ? "does" : "do")} not have {PackageStep.Package} {CommandTree.Version}: {Renewal(survey, stale)}");
        }
    }

    /// <summary>What is to be said where files were taken back; <c>null</c>: nothing.</summary>
    /// <param name="survey">The repository, where it has to be looked at.</param>
    /// <param name="undone">The files.</param>
    public static string? AfterUndo(Func<Survey> survey, IReadOnlyList<string> undone)
    {
        if (!undone.Any(Survey.IsMSBuildFile))
        {
            return null;
        }

        Survey repository = survey();
        string[] stale = [.. In(repository).Where(file => undone.Any(one => Survey.IsMSBuildFile(one) && Reaches(one, file)) && VersionIn(repository, file).Length > 0)];
        return stale.Length == 0 ? null : $"{InitPlan.Count(stale)} still {(stale.Length == 1 ? "has" : "have")} {PackageStep.Package}: {Renewal(repository, stale)}";
    }

    private static string Renewal(Survey survey, string[] stale)
    {
        string[] projects = [.. survey.Projects.Where(project => Array.Exists(stale, file => FolderOf(file) == FolderOf(project)))];
        string of = projects.Length == 0 ? "" : $" of {InitPlan.Count(projects)}";
        return $"a restore in locked mode (RestoreLockedMode, --locked-mode) fails with NU1004 until 'dotnet restore --force-evaluate'{of} has renewed {(stale.Length == 1 ? "it" : "them")}";
    }

    private static IEnumerable<string> In(Survey survey) => survey.Files.Where(file => file.EndsWith(Ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Empty if the package is not in it.</summary>
    private static string VersionIn(Survey survey, string file) => Resolved().Match(survey.Read(file) ?? "").Groups["version"].Value;

    /// <summary>Whether what a file references may be referenced by the projects of a lock file, as far as names tell.</summary>
    private static bool Reaches(string file, string lockFile) => Survey.IsProject(file)
        ? FolderOf(file) == FolderOf(lockFile)
        : !Path.GetFileName(file).StartsWith("Directory.", StringComparison.OrdinalIgnoreCase) || lockFile.StartsWith(FolderOf(file), StringComparison.Ordinal);

    private static string FolderOf(string file) => file[..(file.LastIndexOf('/') + 1)];

    [GeneratedRegex("""
        "BuildGuard"\s*:\s*\{[^{}]*"resolved"\s*:\s*"(?<version>[^"]+)"
        """, RegexOptions.IgnoreCase)]
    private static partial Regex Resolved();
}
