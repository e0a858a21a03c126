namespace BuildGuard.Cli.Tests;

[TestClass]
public sealed class UsageTests
{
    [TestMethod]
    [DataRow("frobnicate", "BG0005: there is no verb 'frobnicate'; expected one of run, status, queue, top, check, monitor, reap, log, report, stop, env, init, hooks, schedule, completion, doctor")]
    [DataRow("stauts", "BG0005: there is no verb 'stauts'; did you mean 'status'?")]
    [DataRow("top --interval 1ms", "BG0005: --interval '1ms' is too short: expected 200ms or more")]
    [DataRow("--nope", "BG0005: unknown option '--nope'; expected one of")]
    [DataRow("run", "BG0005: no command given: expected [OPTIONS] -- COMMAND [ARG...]")]
    [DataRow("run --", "BG0005: no command given")]
    [DataRow("run --quiet", "BG0005: no command given")]
    [DataRow("run --memroy 4G -- true", "BG0005: unknown option '--memroy'; did you mean '--memory'?")]
    [DataRow("run --x -- true", "BG0005: unknown option '--x'; expected one of --label --memory")]
    [DataRow("run --lbl x -- true", "BG0005: unknown option '--lbl'; did you mean '--label'?")]
    [DataRow("run --mem 4G -- true", "BG0005: unknown option '--mem'; did you mean '--memory'?")]
    [DataRow("run --no -- true", "BG0005: unknown option '--no'; expected one of --label")]
    [DataRow("init --x", "BG0005: unknown option '--x'; expected one of --dry-run")]
    [DataRow("rnu true", "BG0005: there is no verb 'rnu'; did you mean 'run'?")]
    [DataRow("qu", "BG0005: there is no verb 'qu'; did you mean 'queue'?")]
    [DataRow("x", "BG0005: there is no verb 'x'; expected one of run, status")]
    [DataRow("hooks --x", "BG0005: unknown option '--x'; expected one of install remove status")]
    [DataRow("schedule -l", "BG0005: unknown option '-l'; expected one of install remove status")]
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
    [DataRow("monitor --interval 0s", "BG0005: --interval '0s' cannot be understood: expected 100ms or more")]
    [DataRow("monitor --interval soon", "BG0005: --interval 'soon' cannot be understood: expected a duration")]
    [DataRow("monitor --memory-threshold 101", "BG0005: --memory-threshold '101' cannot be understood: expected a percentage")]
    [DataRow("monitor --process-threshold -1", "BG0005: --process-threshold '-1' cannot be understood: expected a number of 1 or more")]
    [DataRow("run --processes -1 -- true", "BG0003: MaxProcesses='-1' (--processes) cannot be understood: expected")]
    [DataRow("monitor --memory 80", "BG0005: unknown option '--memory'; did you mean '--memory-threshold'?")]
    [DataRow("monitor --held-threshold", "BG0005: option '--held-threshold' expects DURATION behind it")]
    [DataRow("report --since 3x", "BG0005: --since '3x' cannot be understood: expected a duration")]
    [DataRow("report --output=", "BG0005: option '--output' expects FILE behind it")]
    [DataRow("run --report= -- true", "BG0005: --report expects the name of a file")]
    [DataRow("hooks", "BG0005: no verb given; expected one of install, remove, status (see 'buildguard hooks --help')")]
    [DataRow("hooks instal", "BG0005: there is no verb 'instal'; did you mean 'install'?")]
    [DataRow("hooks install extra", "BG0005: unexpected argument 'extra' (see 'buildguard hooks install --help')")]
    [DataRow("hooks status --shared", "BG0005: unknown option '--shared'")]
    [DataRow("schedule install --interval 3x", "BG0005: --interval '3x' cannot be understood: expected a duration")]
    [DataRow("schedule install --interval 30s", "BG0005: --interval must be at least 1m")]
    [DataRow("schedule install --kind cron --interval 7m", "BG0005: cron cannot do something every 7m: expected minutes that divide an hour, or hours that divide a day")]
    [DataRow("schedule status --kind at", "BG0005: --kind 'at' cannot be understood: expected systemd, cron, launchd or taskscheduler")]
    [DataRow("init --ci jenkins", "BG0005: --ci 'jenkins' cannot be understood: expected github, azure or gitlab")]
    [DataRow("init", "BG0005: 1 change would be made: look at them with --dry-run, and add --yes if they are meant")]
    [DataRow("completion csh", "BG0005: there is no script for 'csh': expected bash, zsh, fish or pwsh")]
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

    [TestMethod]
    public void A_misspelt_variable_is_a_warning_once_and_a_finding()
    {
        using var sandbox = new Sandbox();
        (string, string)[] variables = [("BUILDGUARD_MEMROY", "hunter2")];
        const string Text = "BG0015: there is no setting for the environment variable BUILDGUARD_MEMROY, so it changes nothing; did you mean 'BUILDGUARD_MAX_MEMORY'?";

        // The inner one stands in the lease of the outer one, which has said it.
        Result run = sandbox.Run([.. variables, ("HELPER", string.Join(' ', Helper.Program))], "run", "--preflight", "off", "--", "sh", "-c", "$HELPER run --preflight off -- echo hello");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("hello\n", run.Output);
        StringAssert.StartsWith(run.ErrorLine, "buildguard: warning " + Text);

        Result doctor = sandbox.Run(variables, "doctor");
        Assert.AreEqual(1, doctor.ExitCode);
        StringAssert.Contains(doctor.Output, Text);
        Assert.IsFalse(doctor.Output.Contains("hunter2", StringComparison.Ordinal));
    }

    [TestMethod]
    public void A_misspelt_variable_is_a_message_in_a_build()
    {
        using var sandbox = new Sandbox();
        string file = Path.Combine(sandbox.Root, "messages");
        sandbox.Run([("BUILDGUARD_SLOT", "2")], "run", "--preflight", "off", "--messages", file, "--", "true");
        StringAssert.StartsWith(File.ReadAllLines(file).Single(), "{\"event\":\"message\",\"level\":\"message\",\"code\":\"BG0015\",");
        Result session = sandbox.Run([("BUILDGUARD_SLOT", "2")], "session", "--build", "abc", "--owner-pid", "1", "--preflight", "off");
        StringAssert.StartsWith(session.Output, "{\"event\":\"message\",\"level\":\"message\",\"code\":\"BG0015\",");
    }

    [TestMethod]
    [DataRow("", "", "a -- x")]
    [DataRow("BUILDGUARD_SEQUENTIAL_TESTS", "false", "a")]
    public void What_makes_tests_run_one_host_at_a_time_is_a_setting(string variable, string value, string expected)
    {
        using var sandbox = new Sandbox();
        (string, string)[] variables = variable.Length == 0 ? [] : [(variable, value)];
        Result result = sandbox.Run(variables, "run", "--preflight", "off", "--sequential-tail", "2", "--", "echo", "a", "--", "x");
        Assert.AreEqual(expected, result.Output.Trim(), result.Error);
    }

    [TestMethod]
    public void That_setting_is_taken_from_the_settings_file_too()
    {
        using var sandbox = new Sandbox();
        File.WriteAllText(Path.Combine(sandbox.Work, "buildguard.json"), "{ \"sequentialTests\": false }");
        Result result = sandbox.Run("run", "--preflight", "off", "--sequential-tail", "2", "--", "sh", "-c", "echo $0 $1 $2", "a", "--", "x");
        Assert.AreEqual("a", result.Output.Trim(), result.Error);
    }
}
