using System.Text;
using System.Text.Json;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Init;
using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;
using NuGet.Versioning;

namespace BuildGuard.Cli.Doctor;

/// <summary>A place in a repository that names a version of BuildGuard.</summary>
/// <param name="File">From the root.</param>
/// <param name="Version">As it is written; empty if it stands elsewhere.</param>
/// <param name="Remark">How it compares with this program.</param>
internal sealed record VersionReference(string File, string Version, string Remark);

/// <summary>Which versions of BuildGuard a repository names: in its projects, for MSBuild's resolver of SDKs, and among its .NET tools.</summary>
internal static class VersionReferences
{
    private const string Tool = "buildguard.tool";

    private static readonly string[] Manifests = [".config/dotnet-tools.json", "dotnet-tools.json"];

    private static readonly NuGetVersion Own = NuGetVersion.Parse(CommandTree.Version);

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Looks; a version that is not this program's is a finding.</summary>
    /// <param name="survey">The repository.</param>
    /// <param name="findings">What was found.</param>
    public static IReadOnlyList<VersionReference> In(Survey survey, List<GuardMessage> findings)
    {
        VersionReference[] projects = [.. OfProjects(survey)];
        VersionReference[] sdks = [.. Named(survey, "global.json", "msbuild-sdks", PackageStep.Package, findings)];
        VersionReference[] tools = [.. Manifests.SelectMany(file => Named(survey, file, "tools", Tool, findings))];
        Compare([.. projects, .. sdks], "references", older: "'buildguard init' raises it", findings);
        Compare(tools, "names", older: $"dotnet tool update BuildGuard.Tool --version {Own.ToNormalizedString()}", findings);
        NuGetVersion[] versions = [.. projects.Concat(sdks).Select(one => Parse(one.Version)).OfType<NuGetVersion>().Distinct().Order()];
        if (versions.Length > 1)
        {
            findings.Add(Messages.MixedVersions(versions[0].ToNormalizedString(), versions[^1].ToNormalizedString()));
        }

        return [.. projects, .. sdks, .. tools];
    }

    /// <summary>How a version compares with this program's: negative if it is older; 0 if it is the same, or none.</summary>
    public static int Order(string version) => Parse(version)?.CompareTo(Own) ?? 0;

    private static NuGetVersion? Parse(string version) => NuGetVersion.TryParse(version, out NuGetVersion? parsed) ? parsed : null;

    private static IEnumerable<VersionReference> OfProjects(Survey survey) =>
        from file in survey.MSBuildFiles.TakeWhile(_ => !survey.IsLate)
        let text = ReadOrNothing(survey, file)
        from place in MSBuildText.FindVersions(text, PackageStep.Package)
        select new VersionReference(file, text[place], RemarkOf(text[place], "'buildguard init' raises it"));

    private static IEnumerable<VersionReference> Named(Survey survey, string file, string group, string name, List<GuardMessage> findings)
    {
        string? version = null;
        try
        {
            if (survey.Has(file) && survey.IsSmall(file))
            {
                using var json = JsonDocument.Parse(WithoutMark(ByteText.ToBytes(ReadOrNothing(survey, file))), Lenient);
                version = VersionIn(Member(Member(json.RootElement, group), name));
            }
        }
        catch (JsonException e)
        {
            findings.Add(Messages.UntoldVersion(file, e.Message));
        }

        return version is null ? [] : [new VersionReference(file, version, RemarkOf(version, group == "tools" ? "'dotnet tool update' raises it" : "raise it there"))];
    }

    private static ReadOnlyMemory<byte> WithoutMark(byte[] json) => json.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? json.AsMemory(Encoding.UTF8.Preamble.Length) : json;

    private static JsonElement? Member(JsonElement? json, string name) => json is { ValueKind: JsonValueKind.Object } members
        ? members.EnumerateObject().Where(one => string.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase)).Select(one => (JsonElement?)one.Value).FirstOrDefault()
        : null;

    /// <summary>The version itself, or the object that has it.</summary>
    private static string? VersionIn(JsonElement? json) => json?.ValueKind switch
    {
        JsonValueKind.String => json.Value.GetString(),
        JsonValueKind.Object => VersionIn(Member(json, "version")),
        _ => null,
    };

    private static string ReadOrNothing(Survey survey, string file)
    {
        try
        {
            return survey.Read(file) ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string RemarkOf(string version, string older) => Order(version) switch
    {
        < 0 => "older than this program; " + older,
        > 0 => "newer than this program; update this one",
        _ => "",
    };

    /// <summary>One finding for each version, however many places name it.</summary>
    private static void Compare(VersionReference[] references, string verb, string older, List<GuardMessage> findings)
    {
        foreach (IGrouping<string, VersionReference> same in references.Where(one => Order(one.Version) != 0).GroupBy(one => one.Version))
        {
            string[] files = [.. same.Select(one => one.File).Distinct()];
            bool isOlder = Order(same.Key) < 0;
            findings.Add(Messages.OtherVersion(
                $"{files[0]}{(files.Length > 1 ? $" and {files.Length - 1} more" : "")} {verb}",
                same.Key,
                isOlder,
                CommandTree.Version,
                isOlder ? files.Contains("global.json") ? "raise it there" : older : "update this program"));
        }
    }
}
