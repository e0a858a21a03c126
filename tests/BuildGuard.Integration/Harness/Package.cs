using System.Reflection;
using System.Xml.Linq;

namespace BuildGuard.Integration.Harness;

/// <summary>The package under test: packed once, and restored once into a folder of packages of its own.</summary>
[TestClass]
public static class Package
{
    /// <summary>That the sources have no findings is the business of their own build.</summary>
    private const string AsAnalyzed = "-p:RunAnalyzers=false";

    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = typeof(Package).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Where packing leaves the package.</summary>
    public static string Feed { get; } = Path.Combine(Root, "artifacts", "packages");

    /// <summary>The folder that the tests restore to: kept, so that only the package itself is restored anew.</summary>
    public static string Packages { get; } = Path.Combine(Root, "artifacts", "test packages");

    /// <summary>The version that was packed.</summary>
    public static string Version { get; } = XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>The package as it was restored.</summary>
    public static string Folder { get; } = Path.Combine(Packages, "buildguard", Version.ToLowerInvariant());

    /// <summary>Packs.</summary>
    /// <param name="workspace">Where the command runs.</param>
    /// <param name="environment">See <see cref="PackingEnvironment"/>; the program itself is found by our own path.</param>
    /// <param name="options">What is added to the command.</param>
    /// <param name="project">What is packed: a folder of <c>src</c>.</param>
    internal static Result Pack(Workspace workspace, IReadOnlyDictionary<string, string> environment, string[] options, string project = "BuildGuard") => workspace.Start(
        InnerEnvironment.Find("dotnet"),
        ["pack", Path.Combine(Root, "src", project, project + ".csproj"), "-c", "Release", AsAnalyzed, .. options],
        environment).Wait().Succeeds();

    /// <summary>
    /// Packing is this repository's own build: its packages come from where they always come from, and the compiler's server
    /// serves it.
    /// </summary>
    internal static Dictionary<string, string> PackingEnvironment(Workspace workspace)
    {
        var environment = new Dictionary<string, string>(workspace.Environment);
        environment.Remove("NUGET_PACKAGES");
        environment.Remove("UseSharedCompilation");
        return environment;
    }

    /// <summary>Packs and restores.</summary>
    [AssemblyInitialize]
    public static void Prepare(TestContext context)
    {
        _ = context;
        using var workspace = new Workspace();
        Pack(workspace, PackingEnvironment(workspace), ["-v", "q"]);

        // The same version with other contents.
        var restored = Path.GetDirectoryName(Folder)!;
        if (Directory.Exists(restored))
        {
            Directory.Delete(restored, recursive: true);
        }

        workspace.WriteReferencing("template/template.csproj", "<TargetFramework>net10.0</TargetFramework>");
        workspace.Dotnet("restore", "template", "-v", "q").Succeeds();
        Assert.IsTrue(Directory.Exists(Folder), $"The package was not restored to '{Folder}'.");
    }
}
