using BuildGuard.Cli.CommandLine;
using NuGet.Versioning;

namespace BuildGuard.Cli.Init;

/// <summary>The reference to the package: one line for all projects.</summary>
internal static class PackageStep
{
    /// <summary>Its name.</summary>
    public const string Package = "BuildGuard";

    private const string Reason = "every build and test run below it takes its turn";

    /// <inheritdoc cref="InitFiles.IsOne"/>
    public static bool Writes(string path) => Survey.IsMSBuildFile(path);

    public static void AddTo(InitPlan plan, Survey survey)
    {
        var places = new PackagePlaces(survey);
        if (survey.Projects.Count == 0 && !survey.Has(PackagePlaces.Common))
        {
            plan.Remarks.Add("there are no .NET projects here, so no package is referenced");
            return;
        }

        string[] referencing = [.. survey.MSBuildFiles.Where(file => survey.Read(file) is { } text && MSBuildText.FindVersions(text, Package).Count > 0)];
        bool hasVersion = referencing.Any(file => MSBuildText.FindVersions(survey.Read(file)!, Package).Any(place => survey.Read(file)![place].Length > 0));
        foreach (string file in referencing)
        {
            Raise(plan, survey, file, saysAll: !hasVersion);
        }

        if (survey.Projects.Count == 0 && referencing.Length == 0)
        {
            Add(plan, survey, places.OfRoot());
        }

        foreach (IGrouping<string, string> place in survey.Projects.GroupBy(places.Of))
        {
            string[] without = [.. place.Where(project => !referencing.Any(file => PackagePlaces.Reaches(file, project)))];
            if (without.Length == place.Count())
            {
                Add(plan, survey, place.Key);
            }
            else if (without.Length > 0)
            {
                // Some have it for themselves: one more for all would be theirs twice.
                plan.Remarks.Add($"{without[0]}{(without.Length > 1 ? $" and {without.Length - 1} more do" : " does")} not reference {Package}, as others do: add it there, or move it to {place.Key}");
            }
        }
    }

    private static void Add(InitPlan plan, Survey survey, string file)
    {
        string item = PackagePlaces.IsCentral(file)
            ? $"<GlobalPackageReference Include=\"{Package}\" Version=\"{CommandTree.Version}\" />"
            : $"<PackageReference Include=\"{Package}\" Version=\"{CommandTree.Version}\" PrivateAssets=\"all\" />";
        string? before = survey.Read(file);
        if (before is not null && (!MSBuildText.CanEdit(before) || survey.IsElsewhere(file)))
        {
            plan.Remarks.Add($"{file} {(survey.IsElsewhere(file) ? "is a link to what is no project file of this repository" : "cannot be edited")}; add to it by hand: {item}");
            return;
        }

        plan.Changes.Add(new FileChange(file, before, MSBuildText.AddItem(before ?? "<Project>\n</Project>\n", item), Reason));
    }

    /// <summary>A newer version, and one that is not a number, is somebody's choice.</summary>
    private static void Raise(InitPlan plan, Survey survey, string file, bool saysAll)
    {
        string before = survey.Read(file)!;
        string after = before;
        var own = NuGetVersion.Parse(CommandTree.Version);
        foreach (Range place in MSBuildText.FindVersions(before, Package).Reverse())
        {
            string version = before[place];
            bool isNumber = NuGetVersion.TryParse(version, out NuGetVersion? there);
            if (isNumber && there! < own)
            {
                after = after[..place.Start.Value] + own.ToNormalizedString() + after[place.End.Value..];
            }
            else if (version.Length == 0 ? saysAll : !isNumber || there! > own)
            {
                plan.Remarks.Add($"{file} references {Package}{(version.Length > 0 ? " " + version : "")}, which stays");
            }
        }

        if (after != before)
        {
            plan.Changes.Add(new FileChange(file, before, after, $"a newer version of {Package}"));
        }
    }
}
