namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class UsageTests
{
    [TestMethod]
    [DataRow("nope", "BG0005: there is no verb 'nope'; expected one of run, status, queue, check, log, doctor")]
    [DataRow("stauts", "BG0005: there is no verb 'stauts'; did you mean 'status'?")]
    [DataRow("--nope", "BG0005: unknown option '--nope'; expected one of")]
    [DataRow("run", "BG0005: no command given: expected [OPTIONS] -- COMMAND [ARG...]")]
    [DataRow("run --", "BG0005: no command given")]
    [DataRow("run --quiet", "BG0005: no command given")]
    [DataRow("run --memroy 4G -- true", "BG0005: unknown option '--memroy'; did you mean '--memory'?")]
    [DataRow("run -x -- true", "BG0005: unknown option '-x'; expected one of --label --memory")]
    [DataRow("run --memory", "BG0005: option '--memory' expects SIZE behind it")]
    [DataRow("run --memory -- true", "BG0005: option '--memory' expects SIZE behind it")]
    [DataRow("run --memory 4G --memory 5G -- true", "BG0005: option '--memory' stands there twice")]
    [DataRow("run --quiet=yes -- true", "BG0005: option '--quiet' takes no value")]
    [DataRow("run --memory lots -- true", "BG0003: MaxMemory='lots' (--memory) cannot be understood: expected a size")]
    [DataRow("run --timeout 30 -- true", "BG0003: Timeout='30' (--timeout) cannot be understood: expected a duration")]
    [DataRow("run --preflight maybe -- true", "BG0003: Preflight='maybe' (--preflight) cannot be understood: expected error, wait")]
    [DataRow("run --lock ../x -- true", "BG0003: Lock='../x' (--lock) cannot be understood: expected user, machine")]
    [DataRow("run --property Slotz=1 -- true", "BG0003: --property='Slotz=1'")]
    [DataRow("session extra", "BG0005: unexpected argument 'extra'")]
    [DataRow("status extra", "BG0005: unexpected argument 'extra'")]
    [DataRow("status --jsn", "BG0005: unknown option '--jsn'; did you mean '--json'?")]
    [DataRow("status --lock", "BG0005: option '--lock' expects NAME behind it")]
    [DataRow("status --lock A!", "BG0003: Lock='A!' (--lock)")]
    [DataRow("log --since", "BG0005: option '--since' expects DURATION behind it")]
    [DataRow("log --since 3x", "BG0005: --since '3x' cannot be understood: expected a duration")]
    [DataRow("check --max-load high", "BG0003: MaxLoad='high' (--max-load)")]
    [DataRow("check @file", "BG0005: unexpected argument '@file'")]
    public void A_mistake_is_one_line_and_125(string line, string expected)
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(line.Split(' '));
        Assert.AreEqual(125, result.ExitCode, result.Error);
        Assert.AreEqual("", result.Output);
        StringAssert.StartsWith(result.ErrorLine, "buildguard: error " + expected);
    }

    [TestMethod]
    public void A_setting_from_anywhere_is_refused_before_anything_runs()
    {
        using var sandbox = new Sandbox();
        string witness = Path.Combine(sandbox.Work, "ran");
        Result fromVariable = sandbox.Run([("BUILDGUARD_SLOTS", "many")], "run", "--", "touch", witness);
        Assert.AreEqual(125, fromVariable.ExitCode);
        StringAssert.Contains(fromVariable.ErrorLine, "BG0003: Slots='many' (BUILDGUARD_SLOTS)");
        File.WriteAllText(Path.Combine(sandbox.Work, "buildguard.json"), "{\n  \"slots\": \"many\"\n}");
        Result fromFile = sandbox.Run("run", "--", "touch", witness);
        Assert.AreEqual(125, fromFile.ExitCode);
        StringAssert.Contains(fromFile.ErrorLine, $"BG0004: {sandbox.Work}/buildguard.json(2,12): this is no value of 'slots'");
        Assert.IsFalse(File.Exists(witness));
    }
}
