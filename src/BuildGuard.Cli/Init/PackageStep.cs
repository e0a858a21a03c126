using BuildGuard.Cli.CommandLine;
using NuGet.Versioning;

namespace BuildGuard.Cli.Init;

/// <summary>The reference to the package: one line for all projects.</summary>
internal static class PackageStep
{
    private const string Package = "BuildGuard";
    private const string Central = "Directory.Packages.props";
    private const string Common = "Directory.Build.props";
    private const string Reason = "every build and test run below it takes its turn";

    public static void AddTo(InitPlan plan, Survey survey)
    {
        if (survey.Projects.Count == 0 && !survey.Has(Common))
        {
            plan.Remarks.Add("there are no .NET projects here, so no package is referenced");
            return;
        }

        string[] places = [Central, Common, .. survey.Projects];
        string[] referencing = [.. places.Where(file => survey.Read(file) is { } text && MSBuildText.FindVersions(text, Package).Count > 0)];
        foreach (string file in referencing)
        {
            Raise(plan, survey, file);
        }

        if (referencing.Length == 0)
        {
            Add(plan, survey);
        }
    }

    private static void Add(InitPlan plan, Survey survey)
    {
        bool isCentral = survey.Has(Central);
        string file = isCentral ? Central : Common;
        string item = isCentral
            ? $"<GlobalPackageReference Include=\"{Package}\" Version=\"{CommandTree.Version}\" />"
            : $"<PackageReference Include=\"{Package}\" Version=\"{CommandTree.Version}\" PrivateAssets=\"all\" />";
        string? before = survey.Read(file);
        if (before is not null && !MSBuildText.CanEdit(before))
        {
            plan.Remarks.Add($"{file} cannot be edited; add to it by hand: {item}");
            return;
        }

        plan.Changes.Add(new FileChange(file, before, MSBuildText.AddItem(before ?? "<Project>\n</Project>\n", item), Reason));
    }

    /// <summary>A newer version, and one that is not a number, is somebody's choice.</summary>
    private static void Raise(InitPlan plan, Survey survey, string file)
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
            else if (!isNumber || there! > own)
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
