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
}
