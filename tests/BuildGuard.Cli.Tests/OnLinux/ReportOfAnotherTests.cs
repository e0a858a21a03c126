namespace BuildGuard.Cli.Tests.OnLinux;

[TestClass]
public sealed class ReportOfAnotherTests
{
    /// <summary>Beside it a file can be made, but none can take its place: only the owner of a file removes it from such a folder.</summary>
    [TestMethod]
    public void In_a_sticky_folder_it_is_refused_before_anything_starts()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("only root can give a file to another user");
        }

        using var sandbox = new Sandbox();
        string folder = Path.Combine(sandbox.Work, "shared"), report = Path.Combine(folder, "report.json"), ran = Path.Combine(sandbox.Work, "ran");
        Result result = OutputTests.Shell(sandbox, $"""
            mkdir {folder} && echo theirs > {report} && chmod 600 {report} && chown -R 1234 {folder} && chmod 1777 {folder}
            setpriv --bounding-set=-dac_override,-dac_read_search,-fowner --inh-caps=-dac_override,-dac_read_search,-fowner $HELPER run --preflight off --report {report} -- touch {ran}
            """);
        Assert.AreEqual(125, result.ExitCode, result.Error);
        StringAssert.Contains(result.ErrorLine, $"error BG0013: the report '{report}' cannot be written");
        Assert.IsFalse(File.Exists(ran));
        Assert.AreEqual("theirs\n", File.ReadAllText(report));
    }

    /// <summary>One that its user lets others write, in a folder in which they make none.</summary>
    [TestMethod]
    [DataRow("run --preflight off --report {0} -- touch ran", "\"exitCode\": 0")]
    [DataRow("report --output {0}", "<!DOCTYPE html>")]
    public void Where_no_new_file_can_be_made_one_that_may_be_written_is(string line, string expected)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("only root can give a file to another user");
        }

        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        string folder = Path.Combine(sandbox.Work, "theirs"), report = Path.Combine(folder, "report");
        Result result = OutputTests.Shell(sandbox, $"""
            mkdir {folder} && printf %0100000d 0 > {report} && chmod 666 {report} && chown -R 1234 {folder} && chmod 755 {folder}
            {UnreadableStateTests.AsUser}{string.Format(System.Globalization.CultureInfo.InvariantCulture, line, report)}
            """);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        string written = File.ReadAllText(report);
        StringAssert.Contains(written, expected);
        Assert.DoesNotContain("00000000", written);
        CollectionAssert.AreEqual(new[] { report }, Directory.GetFileSystemEntries(folder));
    }
}
