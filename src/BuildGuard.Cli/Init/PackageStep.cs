using BuildGuard.Cli.CommandLine;
using NuGet.Versioning;

namespace BuildGuard.Cli.Init;

/// <summary>The reference to the package: one line for all projects that a file reaches.</summary>
internal static class PackageStep
{
    /// <summary>Its name.</summary>
    public const string Package = "BuildGuard";

    private const string Reason = "every build and test run below it takes its turn";

    /// <inheritdoc cref="InitFiles.IsOne"/>
    public static bool Writes(string path) => Survey.IsMSBuildFile(path);

    public static void AddTo(InitPlan plan, Survey survey, PackagePlaces places)
    {
        if (survey.Projects.Count == 0 && !survey.Has(PackagePlaces.Common))
        {
            plan.Remarks.Add("there are no .NET projects here, so no package is referenced");
            return;
        }

        RaiseAll(plan, survey);
        if (places.Problem.Length > 0)
        {
            plan.Remarks.Add($"MSBuild was not asked, or did not say, what every project references ({places.Problem}): the text of the files decided; see that 'dotnet restore' works");
        }

        if (survey.Projects.Count == 0 && places.Referencing.Count == 0)
        {
            Add(plan, survey, PackagePlaces.Common, [PackageItem.Plain(places.ReachesOthers(PackagePlaces.Common))]);
        }

        foreach (IGrouping<string, ProjectStanding> place in survey.Projects.Select(project => places[project]).GroupBy(one => one.Place))
        {
            AddTo(plan, survey, places, [.. place]);
        }

        string[] reached = [.. plan.Changes.Where(change => change.Reason == Reason).SelectMany(change => places.OthersBelow(change.Path)).Distinct()];
        if (reached.Length > 0)
        {
            plan.Remarks.Add($"{InitPlan.Count(reached)} {(reached.Length == 1 ? "is" : "are")} not of this repository (of another one inside it, or ignored) and {(reached.Length == 1 ? "imports" : "import")} {PackagePlaces.Common} from above: {(reached.Length == 1 ? "it gets" : "they get")} the package, too; a {PackagePlaces.Common} in the folder keeps it out");
        }

        LockFiles.AddTo(plan, survey);
    }

    /// <summary>Asks again what was asked before, now that it is written: what is not as it was meant is said.</summary>
    public static void Check(InitPlan plan, Survey survey)
    {
        if (!plan.Changes.Exists(change => change.Reason == Reason))
        {
            return;
        }

        IReadOnlyDictionary<string, Evaluation> answers = new MSBuildQuery(survey.Root).Ask(PackagePlaces.ToBeAsked(survey));
        plan.Unguarded.AddRange(answers.Where(answer => answer.Value.References == 0).Select(answer => answer.Key).Except(plan.Unguarded).ToArray());
        string[] twice = [.. answers.Where(answer => answer.Value.References > 1).Select(answer => answer.Key)];
        if (twice.Length > 0)
        {
            plan.Remarks.Add($"{InitPlan.Count(twice)} reference{(twice.Length == 1 ? "s" : "")} {Package} more than once: take one of the references out");
        }
    }

    /// <summary>Some that share a place.</summary>
    private static void AddTo(InitPlan plan, Survey survey, PackagePlaces places, ProjectStanding[] all)
    {
        ProjectStanding[] without = [.. all.Where(one => !one.IsReferenced)];
        if (without.Length == 0)
        {
            return;
        }

        string place = all[0].Place;
        string[] projects = [.. without.Select(one => one.Project)];
        string does = projects.Length > 1 ? "do" : "does";
        string? problem =
            Array.Find(without, one => one.Ineffective.Length > 0) is { } odd
                ? $"{odd.Ineffective} references {Package}, which does not take effect for {InitPlan.Count(projects)}: look at its condition"
            : without.Length < all.Length
                // One more for all would be theirs twice.
                ? $"{InitPlan.Count(projects)} {does} not reference {Package}, as others do: add it there, or move it to {place}"
            : place.Length == 0
                ? $"{InitPlan.Count(projects)} {does} import {PackagePlaces.Common} or the versions of packages from outside this repository: add to each by hand: {PackageItem.Plain(isConditional: true)}"
            : null;
        if (problem is not null || !Add(plan, survey, place, PackageItem.For(without, places)))
        {
            plan.Unguarded.AddRange(projects);
        }

        if (problem is not null)
        {
            plan.Remarks.Add(problem);
        }
    }

    /// <returns>Whether it will be there.</returns>
    private static bool Add(InitPlan plan, Survey survey, string file, string[] items)
    {
        string? before = survey.Read(file);
        if (before is not null && (!MSBuildText.CanEdit(before) || survey.IsElsewhere(file)))
        {
            plan.Remarks.Add($"{file} {(survey.IsElsewhere(file) ? "is a link to what is no project file of this repository" : "cannot be edited")}; add to it by hand: {string.Join(' ', items)}");
            return false;
        }

        plan.Put(new FileChange(file, before, MSBuildText.AddItems(plan.After(file) ?? before ?? "<Project>\n</Project>\n", items), Reason));
        return true;
    }

    private static void RaiseAll(InitPlan plan, Survey survey)
    {
        (string File, string Text)[] naming = [.. survey.MSBuildFiles.Select(file => (file, survey.Read(file) ?? "")).Where(one => MSBuildText.FindVersions(one.Item2, Package).Count > 0)];
        bool hasVersion = naming.Any(one => MSBuildText.FindVersions(one.Text, Package).Any(place => one.Text[place].Length > 0));
        foreach ((string file, string text) in naming)
        {
            Raise(plan, file, text, saysAll: !hasVersion);
        }
    }

    /// <summary>A newer version, and one that is not a number, is somebody's choice.</summary>
    private static void Raise(InitPlan plan, string file, string before, bool saysAll)
    {
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
            plan.Put(new FileChange(file, before, after, $"a newer version of {Package}"));
        }
    }
}
