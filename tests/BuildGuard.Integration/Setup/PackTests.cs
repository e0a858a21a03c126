using System.IO.Compression;

namespace BuildGuard.Integration.Setup;

/// <summary>Packing, and the package's two forms: with a native helper, and without where none can be linked.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PackTests : IDisposable
{
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
    public void WithoutALinkerTheFrameworkDependentHelperIsShippedAndSaidSo() => ServesWithoutNativeHelper(WithoutLinker.Packed);

    [TestMethod]
    public void TheNativeHelperCanBeDeclined()
    {
        string artifacts = WithoutLinker.SameArtifacts;
        File.Delete(WithoutLinker.PackageFile);

        ServesWithoutNativeHelper(Package.Pack(_workspace, Package.PackingEnvironment(_workspace), ["-p:BuildGuardNativeHelper=false", artifacts]));
    }

    private void ServesWithoutNativeHelper(Result pack)
    {
        Assert.AreEqual(1, pack.CountOf("no native helper for linux-x64"), pack.ToString());
        Assert.AreEqual(0, pack.CountOf("warning"), pack.ToString());
        Assert.AreEqual(0, pack.CountOf("readme"), pack.ToString());
        string package = _workspace.PathOf("package");
        ZipFile.ExtractToDirectory(WithoutLinker.PackageFile, package);
        string helper = $"{package}/tools/linux-x64/buildguard";
        File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.IsTrue(File.Exists(helper + ".dll"));
        _workspace.WriteBare("a.proj", $"<BuildGuardHelperPath>{Workspace.Escape(helper)}</BuildGuardHelperPath>", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");
        _workspace.Build("a.proj").Succeeds();
        Assert.HasCount(1, _workspace.Audit.Acquired("operation"));
    }
}
