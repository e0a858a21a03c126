namespace BuildGuard.Tasks.Sessions;

/// <summary>
/// The project that gives a build its identity. Projects that reference different versions of the package have a Session.proj
/// each, and are one build all the same: so they all ask the same Anchor.proj, the first among the versions in the folder of
/// packages, whatever its version. What it does never changes.
/// </summary>
internal static class BuildAnchor
{
    private const string PackageId = "buildguard";
    private const string Name = "Anchor.proj";

    /// <summary>
    /// The one for a package. Looked for each time: a node serves many builds, and between them versions come and go, of which
    /// all its nodes must think alike.
    /// </summary>
    /// <param name="sessionProject">The package's Session.proj, an absolute path.</param>
    public static string Of(string sessionProject)
    {
        var build = Path.GetDirectoryName(Path.GetFullPath(sessionProject))!;
        var own = Path.Combine(build, Name);
        var versions = Path.GetDirectoryName(Path.GetDirectoryName(build));

        // NuGet's layout is PACKAGES/buildguard/VERSION/build; a package that was unpacked elsewhere has no others beside it.
        if (versions is null || !Path.GetFileName(versions).Equals(PackageId, StringComparison.OrdinalIgnoreCase))
        {
            return own;
        }

        try
        {
            return Directory.EnumerateDirectories(versions)
                .Select(version => Path.Combine(version, "build", Name))
                .Where(File.Exists)
                .OrderBy(path => path, StringComparer.Ordinal)
                .FirstOrDefault() ?? own;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return own;
        }
    }
}
