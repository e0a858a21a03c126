namespace BuildGuard.Cli.Init;

/// <summary>
/// Projects in the folders of a repository that are not its own. MSBuild does not know where a repository ends: they import what stands
/// above them all the same.
/// </summary>
/// <param name="Projects">Them, from the root.</param>
/// <param name="IsCut">Whether there may be more.</param>
internal sealed record OtherProjects(IReadOnlyList<string> Projects, bool IsCut)
{
    private const int MostFolders = 100;

    /// <summary>Looks for them.</summary>
    public static OtherProjects In(Survey survey)
    {
        string[] folders = [.. survey.ForeignFolders.Where(folder => Directory.Exists(Path.Combine(survey.Root, folder))).Take(MostFolders + 1)];
        Survey[] inside = [.. folders.Take(MostFolders).Select(folder => new Survey(Path.Combine(survey.Root, folder), bounds: SurveyBounds.Quick))];
        return new OtherProjects(
            [.. inside.SelectMany((one, i) => one.Projects.Select(project => $"{folders[i]}/{project}"))],
            folders.Length > MostFolders || Array.Exists(inside, one => one.Unseen.Length > 0));
    }
}
