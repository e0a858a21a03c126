using System.IO.Compression;

namespace BuildGuard.Integration.Setup;

/// <summary>Packing, and the package's two forms: with a native helper, and without where none can be linked.</summary>
[TestClass]
public sealed class PackTests : IDisposable
{
    private static readonly string[] s_compilers = ["cc", "gcc", "clang", "c89", "c99", "ld", "tcc"];

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void TheHelperIsNativeWhereACLinkerIs()
    {
        if (!File.Exists("/usr/bin/cc"))
        {
            Assert.Inconclusive("no C linker here");
        }

        Assert.IsTrue(File.Exists($"{Package.Folder}/tools/linux-x64/buildguard"));
        Assert.IsFalse(File.Exists($"{Package.Folder}/tools/linux-x64/buildguard.dll"));
    }

    /// <summary>Nothing is looked for and bound at each start, and no Linux is without what it needs.</summary>
    [TestMethod]
    public void TheNativeHelperNeedsNoSharedLibrary()
    {
        if (!File.Exists("/usr/lib/x86_64-linux-gnu/libc.a"))
        {
            Assert.Inconclusive("no C library to link with here (Debian: apt-get install libc6-dev)");
        }

        // elf(5): e_phoff at 32, e_phentsize at 54, e_phnum at 56; a program that needs libraries has a segment PT_INTERP.
        const uint Interpreter = 3;
        byte[] elf = File.ReadAllBytes($"{Package.Folder}/tools/linux-x64/buildguard");
        long table = BitConverter.ToInt64(elf, 32);
        IEnumerable<uint> segments = Enumerable.Range(0, BitConverter.ToUInt16(elf, 56))
            .Select(number => BitConverter.ToUInt32(elf, (int)table + (number * BitConverter.ToUInt16(elf, 54))));

        CollectionAssert.DoesNotContain(segments.ToArray(), Interpreter);
    }

    [TestMethod]
    public void WithoutALinkerTheFrameworkDependentHelperIsShippedAndSaidSo()
    {
        Dictionary<string, string> environment = Package.PackingEnvironment(_workspace);
        environment["PATH"] = PathWithoutCompilers();

        ServesWithoutNativeHelper(environment);
    }

    [TestMethod]
    public void TheNativeHelperCanBeDeclined() => ServesWithoutNativeHelper(Package.PackingEnvironment(_workspace), "-p:BuildGuardNativeHelper=false");

    private void ServesWithoutNativeHelper(Dictionary<string, string> environment, params string[] options)
    {
        Result pack = Package.Pack(_workspace, environment, [$"-p:ArtifactsRoot={_workspace.PathOf("artifacts")}/", .. options]);

        Assert.AreEqual(1, pack.CountOf("no native helper for linux-x64"), pack.ToString());
        Assert.AreEqual(0, pack.CountOf("warning"), pack.ToString());
        Assert.AreEqual(0, pack.CountOf("readme"), pack.ToString());
        string package = _workspace.PathOf("package");
        ZipFile.ExtractToDirectory(Directory.GetFiles(_workspace.PathOf("artifacts/packages"), "*.nupkg").Single(), package);
        string helper = $"{package}/tools/linux-x64/buildguard";
        File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.IsTrue(File.Exists(helper + ".dll"));
        _workspace.WriteBare("a.proj", $"<BuildGuardHelperPath>{Workspace.Escape(helper)}</BuildGuardHelperPath>", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");
        _workspace.Build("a.proj").Succeeds();
        Assert.HasCount(1, _workspace.Audit.Acquired("operation"));
    }

    /// <summary>Every program of the machine, but those that link.</summary>
    private string PathWithoutCompilers()
    {
        string directory = Directory.CreateDirectory(_workspace.PathOf("bin")).FullName;
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
