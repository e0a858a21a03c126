using System.Text.RegularExpressions;

namespace BuildGuard.Cli.Init;

/// <summary>Edits files of MSBuild as text: indentation, line ends, byte order mark and comments stay as they are.</summary>
internal static partial class MSBuildText
{
    private const string Close = "</Project>";
    private const string Utf16Mark = "\u00ff\u00fe";

    /// <summary>Whether the file can be edited: it is a project, in an encoding that has ASCII in it.</summary>
    public static bool CanEdit(string text) =>
        !text.StartsWith(Utf16Mark, StringComparison.Ordinal) && Masked(text) is { } masked && (masked.Contains(Close, StringComparison.Ordinal) || EmptyProject().IsMatch(masked));

    /// <summary>Adds a group with one item at the end of a project.</summary>
    public static string AddItem(string text, string item)
    {
        string line = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string step = IndentOf(text);
        string group = $"{step}<ItemGroup>{line}{step}{step}{item}{line}{step}</ItemGroup>{line}";
        string masked = Masked(text);
        int close = masked.LastIndexOf(Close, StringComparison.Ordinal);
        if (close < 0)
        {
            Match empty = EmptyProject().Match(masked);
            string open = text.Substring(empty.Index, empty.Length)[..^2].TrimEnd() + ">";
            return text[..empty.Index] + open + line + group + Close + text[(empty.Index + empty.Length)..];
        }

        // On the line of what closes the project stands nothing else, or it gets one of its own.
        int start = text.LastIndexOf('\n', Math.Max(close - 1, 0)) + 1;
        bool isAlone = string.IsNullOrWhiteSpace(text[start..close]);
        return isAlone ? text.Insert(start, group) : text.Insert(close, line + group);
    }

    /// <summary>Finds the references to a package.</summary>
    /// <returns>For each the place of its version in the text; an empty one if it has none.</returns>
    public static IReadOnlyList<Range> FindVersions(string text, string package)
    {
        string masked = Masked(text);
        return
        [
            .. Reference().Matches(masked).Where(match => string.Equals(match.Groups["name"].Value, package, StringComparison.OrdinalIgnoreCase)).Select(match =>
                PlaceOf(Version().Match(match.Value), match.Index)
                ?? (match.Value.EndsWith("/>", StringComparison.Ordinal) ? null : PlaceOf(VersionBelow().Match(masked[(match.Index + match.Length)..]), match.Index + match.Length))
                ?? match.Index..match.Index),
        ];
    }

    /// <summary>Whether the file switches central versions of packages on.</summary>
    public static bool ManagesCentrally(string text) => SwitchedOn().IsMatch(Masked(text));

    /// <summary>Whether a file that MSBuild finds by its name imports the next one of that name above it.</summary>
    public static bool ImportsFromAbove(string text, string name) =>
        Import().Matches(Masked(text)).Any(import => import.Value.Contains(name, StringComparison.OrdinalIgnoreCase)
            && (import.Value.Contains("OfFileAbove", StringComparison.OrdinalIgnoreCase) || import.Value.Contains("..", StringComparison.Ordinal)));

    private static Range? PlaceOf(Match version, int offset) => version.Success
        ? (offset + version.Groups["value"].Index)..(offset + version.Groups["value"].Index + version.Groups["value"].Length)
        : null;

    // Comments are blanked, so that every place in the text stays where it is.
    private static string Masked(string text) => Comment().Replace(text, match => new string(' ', match.Length));

    private static string IndentOf(string text) =>
        FirstIndent().Match(text) is { Success: true } match ? match.Groups["space"].Value : "  ";

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"<Project\b[^<>]*/>")]
    private static partial Regex EmptyProject();

    [GeneratedRegex(@"\n(?<space>[ \t]+)<")]
    private static partial Regex FirstIndent();

    [GeneratedRegex("""<(GlobalPackageReference|PackageReference|PackageVersion|Sdk)\b[^<>]*?\b(Include|Update|Name)\s*=\s*["'](?<name>[^"']+)["'][^<>]*>""")]
    private static partial Regex Reference();

    [GeneratedRegex("""\bVersion\s*=\s*["'](?<value>[^"']*)["']""")]
    private static partial Regex Version();

    /// <summary>As an element of its own, before the reference closes.</summary>
    [GeneratedRegex(@"\A(?:(?!</(?:GlobalPackageReference|PackageReference|PackageVersion|Sdk)\b).)*?<Version>\s*(?<value>[^<]*?)\s*</Version>", RegexOptions.Singleline)]
    private static partial Regex VersionBelow();

    [GeneratedRegex(@"<ManagePackageVersionsCentrally\b[^<>]*>\s*true\s*<", RegexOptions.IgnoreCase)]
    private static partial Regex SwitchedOn();

    [GeneratedRegex(@"<Import\b[^<>]*>")]
    private static partial Regex Import();
}
