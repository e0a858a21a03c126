using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Tests;

/// <summary>A file of somebody else's is written whole, in its place and nowhere else.</summary>
[TestClass]
public sealed class ForeignFileTests
{
    private const UnixFileMode Odd = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherExecute;

    /// <summary>Whoever made the repository may guess under which name it is written first.</summary>
    [TestMethod]
    public void A_link_under_the_name_that_it_is_written_under_is_not_followed()
    {
        using var sandbox = new Sandbox();
        string file = Path.Combine(sandbox.Work, "pytest.ini"), outside = Path.Combine(sandbox.Root, "outside");
        File.WriteAllText(outside, "mine");
        File.CreateSymbolicLink(Path.Combine(sandbox.Work, $".pytest.ini.buildguard-{Environment.ProcessId}"), outside);
        ForeignFile.Write(file, "new"u8);
        Assert.AreEqual("mine", File.ReadAllText(outside));
        Assert.AreEqual("new", File.ReadAllText(file));
        CollectionAssert.AreEqual((string[])[file], Directory.GetFiles(sandbox.Work));
    }

    [TestMethod]
    public void The_mode_stays_whatever_the_umask_is()
    {
        using var sandbox = new Sandbox();
        string file = Path.Combine(sandbox.Work, "hook");
        ForeignFile.Write(file, "first"u8, ForeignFile.Program);
        Assert.AreEqual(ForeignFile.Program, File.GetUnixFileMode(file));
        File.SetUnixFileMode(file, Odd);
        ForeignFile.Write(file, "second"u8, ForeignFile.Program);
        Assert.AreEqual(Odd, File.GetUnixFileMode(file));
    }

    [TestMethod]
    public void What_cannot_be_written_is_named_and_nothing_of_it_is_left()
    {
        using var sandbox = new Sandbox();
        string file = Path.Combine(sandbox.Work, "there", "file");
        Assert.AreEqual($"{file} cannot be written: No such file or directory", Assert.ThrowsExactly<IOException>(() => ForeignFile.Write(file, "x"u8)).Message);
        Directory.CreateDirectory(file);
        StringAssert.StartsWith(Assert.ThrowsExactly<IOException>(() => ForeignFile.Write(file, "x"u8)).Message, $"{file} cannot be written: ");
        CollectionAssert.AreEqual((string[])[file], Directory.GetFileSystemEntries(Path.GetDirectoryName(file)!));
    }
}
