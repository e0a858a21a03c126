namespace BuildGuard.Integration.Setup;

/// <summary>The package as it is packed where no program can be linked. Its helper is published once, for all tests that pack that form.</summary>
[TestClass]
public static class WithoutLinker
{
    private static readonly string[] s_compilers = ["cc", "gcc", "clang", "c89", "c99", "ld", "tcc"];

    private static readonly Lazy<(Workspace Workspace, Result Pack)> s_packed = new(MakePack);

    /// <summary>What packing said.</summary>
    internal static Result Packed => s_packed.Value.Pack;

    /// <summary>The option by which another packing uses the same artifacts.</summary>
    internal static string SameArtifacts => Option(s_packed.Value.Workspace);

    /// <summary>The only package that lies there.</summary>
    internal static string PackageFile => Directory.GetFiles(s_packed.Value.Workspace.PathOf("artifacts/packages"), "*.nupkg").Single();

    /// <summary>Removes it.</summary>
    [AssemblyCleanup]
    public static void Remove()
    {
        if (s_packed.IsValueCreated)
        {
            s_packed.Value.Workspace.Dispose();
        }
    }

    private static (Workspace Workspace, Result Pack) MakePack()
    {
        var workspace = new Workspace();
        Dictionary<string, string> environment = Package.PackingEnvironment(workspace);
        environment["PATH"] = PathWithoutCompilers(workspace);
        return (workspace, Package.Pack(workspace, environment, [Option(workspace)]));
    }

    private static string Option(Workspace workspace) => $"-p:ArtifactsRoot={workspace.PathOf("artifacts")}/";

    /// <summary>Every program of the machine, but those that link.</summary>
    private static string PathWithoutCompilers(Workspace workspace)
    {
        string directory = Directory.CreateDirectory(workspace.PathOf("bin")).FullName;
        foreach (string source in new[] { "/usr/local/bin", "/usr/bin", "/bin" })
        {
            foreach (string program in Directory.Exists(source) ? Directory.GetFiles(source) : [])
            {
                string name = Path.GetFileName(program);
                bool links = s_compilers.Any(c => name == c || name.StartsWith(c + "-", StringComparison.Ordinal) || name.EndsWith("-" + c, StringComparison.Ordinal));
                if (!links && !File.Exists($"{directory}/{name}"))
                {
                    File.CreateSymbolicLink($"{directory}/{name}", program);
                }
            }
        }

        return directory;
    }
}
