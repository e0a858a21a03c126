using System.Text.Json;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>What MSBuild makes of a project, conditions and imports included.</summary>
/// <param name="IsCentral">Whether the versions of its packages are managed centrally.</param>
/// <param name="HasCentralVersion">Whether our version stands there already, for references that name none.</param>
/// <param name="References">How often it references our package.</param>
/// <param name="VersionsFile">The file of central versions that it imports; empty if there is none.</param>
/// <param name="CommonFile">The nearest <c>Directory.Build.props</c>, whatever it is called; empty if there is none.</param>
/// <param name="IsTestProject">Whether it says of itself that it is one of tests.</param>
/// <param name="Packages">All the packages that it references.</param>
internal sealed record Evaluation(bool IsCentral, bool HasCentralVersion, int References, string VersionsFile, string CommonFile, bool IsTestProject, IReadOnlyList<string> Packages)
{
    /// <summary>What <see cref="Read"/> has to be told of: options of <c>dotnet msbuild</c>, which has them since the SDK 8.</summary>
    public static IReadOnlyList<string> Options { get; } =
    [
        "-getProperty:ManagePackageVersionsCentrally,CentralPackageVersionsFileImported,DirectoryPackagesPropsPath,DirectoryBuildPropsPath,IsTestProject",
        "-getItem:PackageReference,GlobalPackageReference,PackageVersion",
    ];

    /// <summary>Whether it references a package whose name begins so.</summary>
    public bool HasPackage(string begin) => Packages.Any(package => package.StartsWith(begin, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads what MSBuild answers.</summary>
    /// <exception cref="JsonException">It is no such answer.</exception>
    public static Evaluation Read(string answer)
    {
        using JsonDocument json = JsonDocument.Parse(ByteText.ToBytes(answer));
        if (!json.RootElement.TryGetProperty("Properties", out JsonElement properties) || !json.RootElement.TryGetProperty("Items", out JsonElement items))
        {
            throw new JsonException("it names no properties and items");
        }

        return new Evaluation(
            IsTrue(Property("ManagePackageVersionsCentrally")) && IsTrue(Property("CentralPackageVersionsFileImported")),
            CountOf("PackageVersion") > 0 && CountOf("GlobalPackageReference") == 0,
            CountOf("PackageReference"),
            Property("DirectoryPackagesPropsPath"),
            Property("DirectoryBuildPropsPath"),
            IsTrue(Property("IsTestProject")),
            Identities("PackageReference"));

        string Property(string name) => properties.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

        int CountOf(string item) => Identities(item).Count(name => name.Equals(PackageStep.Package, StringComparison.OrdinalIgnoreCase));

        string[] Identities(string item) => items.TryGetProperty(item, out JsonElement all)
            ? [.. all.EnumerateArray().Select(one => one.GetProperty("Identity").GetString() ?? "")]
            : [];
    }

    private static bool IsTrue(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase);
}
