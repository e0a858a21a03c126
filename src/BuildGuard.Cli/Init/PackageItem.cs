using BuildGuard.Cli.CommandLine;

namespace BuildGuard.Cli.Init;

/// <summary>The items that reference the package, each such that NuGet takes it from every project that it reaches.</summary>
internal static class PackageItem
{
    private const string Switch = "'$(ManagePackageVersionsCentrally)'";

    /// <summary>Counts where versions are managed centrally, and nowhere else.</summary>
    private static readonly string Global = $"<GlobalPackageReference Include=\"{PackageStep.Package}\" Version=\"{CommandTree.Version}\" />";

    /// <summary>With its version.</summary>
    /// <param name="isConditional">Whether it reaches projects with central versions, too: those may not have a version in a reference (NU1008).</param>
    public static string Plain(bool isConditional) =>
        $"<PackageReference Include=\"{PackageStep.Package}\" Version=\"{CommandTree.Version}\" PrivateAssets=\"all\"{(isConditional ? $" Condition=\"{Switch} != 'true'\"" : "")} />";

    /// <summary>What projects need that share a place.</summary>
    public static string[] For(ProjectStanding[] projects, PackagePlaces places)
    {
        string place = projects[0].Place;
        bool isCentralSomewhere = places.IsCentralBelow(place);
        var items = new List<string>();
        if (Array.Exists(projects, project => !project.IsCentral))
        {
            items.Add(Plain(isCentralSomewhere || places.IsCentralUnseen || places.ReachesOthers(place)));
        }

        if (Array.Exists(projects, project => project is { IsCentral: true, HasCentralVersion: true }))
        {
            items.Add(WithoutVersion(places.IsPlainBelow(place)));
        }
        else if (Array.Exists(projects, project => project.IsCentral) || (places.IsCentralUnseen && !isCentralSomewhere))
        {
            items.Add(Global);
        }

        return [.. items];
    }

    /// <summary>A global one would bring the version a second time (NU1506).</summary>
    private static string WithoutVersion(bool isConditional) =>
        $"<PackageReference Include=\"{PackageStep.Package}\" PrivateAssets=\"all\"{(isConditional ? $" Condition=\"{Switch} == 'true'\"" : "")} />";
}
