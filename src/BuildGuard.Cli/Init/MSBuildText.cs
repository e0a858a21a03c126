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

    /// <inheritdoc cref="AddItems"/>
    public static string AddItem(string text, string item) => AddItems(text, [item]);

    /// <summary>Adds a group with items at the end of a project.</summary>
    public static string AddItems(string text, IReadOnlyList<string> items)
    {
        string line = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string step = IndentOf(text);
        string group = $"{step}<ItemGroup>{line}{string.Concat(items.Select(item => $"{step}{step}{item}{line}"))}{step}</ItemGroup>{line}";
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

    /// <summary>Whether a package is referenced. Its version alone is no reference.</summary>
    public static bool References(string text, string package) => Named(Masked(text), package).Any(match => match.Groups["element"].Value != "PackageVersion");

    /// <summary>Whether a package is used as an SDK.</summary>
    public static bool UsesSdk(string text, string package) => Named(Masked(text), package).Any(match => match.Groups["element"].Value == "Sdk");

    /// <summary>Finds the references to a package, and its versions.</summary>
    /// <returns>For each the place of its version in the text; an empty one if it has none.</returns>
    public static IReadOnlyList<Range> FindVersions(string text, string package)
    {
        string masked = Masked(text);
        return
        [
            .. Named(masked, package).Select(match =>
                PlaceOf(Version().Match(match.Value), match.Index)
                ?? (match.Value.EndsWith("/>", StringComparison.Ordinal) ? null : PlaceOf(VersionBelow().Match(masked[(match.Index + match.Length)..]), match.Index + match.Length))
                ?? match.Index..match.Index),
        ];
    }

    /// <summary>Whether the file switches central versions of packages on.</summary>
    public static bool ManagesCentrally(string text) => SwitchedOn().IsMatch(Masked(text));

    /// <summary>Whether a file that MSBuild finds by its name imports one of that name: that can only be the next one above it.</summary>
    public static bool ImportsItsName(string text, string name) =>
        Import().Matches(Masked(text)).Any(import => import.Value.Contains(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<Match> Named(string masked, string package) =>
        Reference().Matches(masked).Where(match => string.Equals(match.Groups["name"].Value, package, StringComparison.OrdinalIgnoreCase));

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

    [GeneratedRegex("""<(?<element>GlobalPackageReference|PackageReference|PackageVersion|Sdk)\b[^<>]*?\b(Include|Update|Name)\s*=\s*["'](?<name>[^"']+)["'][^<>]*>""")]
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
