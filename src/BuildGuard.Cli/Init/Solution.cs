using System.Text.RegularExpressions;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>A solution.</summary>
/// <param name="File">Its file, from the root.</param>
/// <param name="Projects">The projects in it, from the root.</param>
internal sealed partial record Solution(string File, IReadOnlySet<string> Projects)
{
    /// <summary>Reads one.</summary>
    public static Solution Read(Survey survey, string file)
    {
        string text = survey.Read(file) ?? "";
        MatchCollection paths = Path.GetExtension(file) == ".slnx" ? InXml().Matches(text) : InText().Matches(text);
        string folder = Path.GetDirectoryName(Path.Combine(survey.Root, file))!;
        return new Solution(file, paths
            .Select(match => ByteText.ToText(match.Groups["path"].Value).Replace('\\', '/'))
            .Where(path => path.EndsWith("proj", StringComparison.OrdinalIgnoreCase))
            .Select(path => Path.GetRelativePath(survey.Root, Path.GetFullPath(path, folder)).Replace('\\', '/'))
            .ToHashSet());
    }

    /// <summary>As few as there can be: one that has only what others have, as one that was migrated to another format, is none of them.</summary>
    public static IReadOnlyList<Solution> WithoutRepetition(IEnumerable<Solution> solutions)
    {
        var chosen = new List<Solution>();
        foreach (Solution one in solutions.OrderByDescending(one => one.Projects.Count).ThenBy(one => one.File, StringComparer.Ordinal))
        {
            if (chosen.Count == 0 || one.Projects.Any(project => !chosen.Exists(other => other.Projects.Contains(project))))
            {
                chosen.Add(one);
            }
        }

        return [.. chosen.OrderBy(one => one.File, StringComparer.Ordinal)];
    }

    /// <summary>Its folders look the same, but for the path.</summary>
    [GeneratedRegex("""^\s*Project\("[^"]*"\)\s*=\s*"[^"]*"\s*,\s*"(?<path>[^"]+)"\s*,""", RegexOptions.Multiline)]
    private static partial Regex InText();

    [GeneratedRegex("""<Project\b[^<>]*?\bPath\s*=\s*["'](?<path>[^"']+)["']""")]
    private static partial Regex InXml();
}
