using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>The files that <c>init</c> writes at all, as its steps tell them.</summary>
internal static class InitFiles
{
    /// <summary>Whether some step writes files of that name.</summary>
    /// <param name="path">From the root of the repository, with forward slashes.</param>
    public static bool IsOne(string path) =>
        PackageStep.Writes(path) || SettingsStep.Writes(path) || RunnerStep.Writes(path) || PipelineStep.Writes(path);

    /// <summary>Whether it is such a file of this repository, and leads to one if it is a link.</summary>
    public static bool MayWrite(string root, string path) =>
        IsOne(path) && RealPath.Within(root, path) is { } real && IsOne(real);
}
