using System.Diagnostics;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>The watch with real processes: what it ends, and what it never touches.</summary>
[TestClass]
public sealed class MonitorTests
{
    /// <summary>Some 50 MB in a shell's variable, until its input ends.</summary>
    private const string Hoard = "x=$(head -c 50000000 /dev/zero | tr '\\0' x); echo ready; read y; echo ${#x}";

    private static readonly string[] Low = ["--memory-threshold", "0.01"];

    [TestMethod]
    public void Above_the_threshold_the_largest_operation_is_ended_and_nothing_unguarded()
    {
        using var sandbox = new Sandbox();
        using Process unguarded = Process.Start(new ProcessStartInfo("sh", ["-c", Hoard]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using Helper small = Hold(sandbox, "small", "echo ready; read y; echo done");
        using Helper large = Hold(sandbox, "large", Hoard);

        JsonElement[] dry = Lines(sandbox.Run(["monitor", "--once", "--dry-run", "--json", .. Low]));
        Assert.AreEqual("would end 'large'", Text(dry, "BG3007")[..17]);
        Assert.AreEqual(2, sandbox.Run("status", "--json").Json.GetProperty("leases").GetArrayLength());

        Result ended = sandbox.Run(["monitor", "--once", "--json", .. Low]);

        Assert.AreEqual(0, ended.ExitCode, ended.Error);
        JsonElement[] lines = Lines(ended);
        CollectionAssert.AreEqual(new[] { "sample ", "finding BG3006", "finding BG3007" }, lines.Select(NameOf).ToArray());
        StringAssert.StartsWith(Text(lines, "BG3007"), "ended 'large' (lease user/");
        Result end = large.WaitForEnd();
        Assert.AreEqual(137, end.ExitCode);
        StringAssert.Matches(end.Error, new(@"BG1006: stopped by 'buildguard monitor': [\d.]+ % of the memory of this machine or container was in use, the threshold is 0.01 % \(--memory-threshold\), and the largest guarded tree was this one with \S+; the whole process tree was ended\. Start it again when there is room, with a lower BuildGuardMaxMemory or --memory"));
        StringAssert.Matches(sandbox.Run("log").Output, new(@"breach .*BG3006, [\d.]+ % of the memory .* would be ended; this is a dry run"));
        JsonElement killed = Lines(sandbox.Run("log", "--json")).Single(e => e.GetProperty("event").GetString() == "killed" && e.TryGetProperty("code", out _));
        Assert.AreEqual("BG3007 large", $"{killed.GetProperty("code")} {killed.GetProperty("label")}");
        Assert.IsTrue(Lines(sandbox.Run("log", "--json")).Any(e => e.GetProperty("event").GetString() == "breach"));

        // What is left is small, a build, or unguarded.
        StringAssert.Contains(Text(Lines(sandbox.Run(["monitor", "--once", "--json", .. Low])), "BG3006"), "% of the memory");
        Assert.AreEqual("small", sandbox.Run("status", "--json").Json.GetProperty("leases")[0].GetProperty("label").GetString());
        Assert.IsFalse(unguarded.HasExited);
        unguarded.StandardInput.Close();
        unguarded.WaitForExit();
        small.CloseInput();
        Assert.AreEqual(0, small.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void A_build_is_never_ended_however_much_it_takes()
    {
        using var sandbox = new Sandbox();
        using Process build = Process.Start(new ProcessStartInfo("sh", ["-c", Hoard]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.AreEqual("ready", build.StandardOutput.ReadLine());
        using Helper session = sandbox.Start([], "session", "--preflight", "off", "--label", "dotnet build", "--build", "abc", "--owner-pid", $"{build.Id}");
        StringAssert.Contains(session.ReadLine(), "\"acquired\"");

        JsonElement[] lines = Lines(sandbox.Run(["monitor", "--once", "--json", .. Low]));

        Assert.IsGreaterThan(40_000_000, lines[0].GetProperty("trees")[0].GetProperty("memoryBytes").GetInt64());
        CollectionAssert.AreEqual(new[] { "sample ", "finding BG3006", "finding BG3006" }, lines.Select(NameOf).ToArray());
        Assert.IsFalse(build.HasExited);
        session.CloseInput();
        session.WaitForEnd();
        build.StandardInput.Close();
        build.WaitForExit();
    }

    [TestMethod]
    public void Whoever_watches_from_inside_does_not_end_itself()
    {
        using var sandbox = new Sandbox();
        string command = $"x=$(head -c 50000000 /dev/zero | tr '\\0' x); {string.Join(' ', Helper.Program)} monitor --once --memory-threshold 0.01; echo ${{#x}}";
        Result result = sandbox.Run("run", "--preflight", "off", "--", "sh", "-c", command);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.Contains(result.Output, "50000000\n");
    }

    [TestMethod]
    [DataRow("TERM", 143)]
    [DataRow("INT", 130)]
    public void A_signal_ends_it_at_once(string signal, int exitCode)
    {
        using var sandbox = new Sandbox();
        using Helper monitor = sandbox.Start([], "monitor", "--interval", "1h");
        StringAssert.Contains(monitor.ReadLine(), "looking every 1h");
        monitor.Signal(signal);
        Assert.AreEqual(exitCode, monitor.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void The_state_directory_may_come_and_go_and_a_state_is_told_once()
    {
        using var sandbox = new Sandbox();
        using Helper monitor = sandbox.Start([], "monitor", "--json", "--interval", "100ms", "--held-threshold", "1ms", "--dry-run");
        Assert.AreEqual(0, Next(monitor, "sample").GetProperty("trees").GetArrayLength());
        using (Helper holder = Hold(sandbox, "work", "echo ready; read y"))
        {
            JsonElement held = Next(monitor, "finding");
            Assert.AreEqual("BG1007", held.GetProperty("code").GetString());
            Assert.AreEqual("work", held.GetProperty("tree").GetProperty("label").GetString());
            for (int i = 0; i < 3; i++)
            {
                Assert.AreEqual("sample", JsonDocument.Parse(monitor.ReadLine()!).RootElement.GetProperty("event").GetString(), "it is told again");
            }

            holder.CloseInput();
            holder.WaitForEnd();
        }

        Directory.Delete(sandbox.State, recursive: true);
        while (Next(monitor, "sample").GetProperty("trees").GetArrayLength() > 0)
        {
        }

        monitor.Terminate();
        Assert.AreEqual(143, monitor.WaitForEnd().ExitCode);
    }

    [TestMethod]
    public void One_look_for_people_is_one_line_when_all_is_well()
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run("monitor", "--once", "--memory-threshold", "100");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.Matches(result.Output, new("^Memory [0-9]+ % of [0-9.]+[GT] \\(threshold 100 %\\), 0 leases with 0 processes \\(threshold 100\\)\n$"));
    }

    private static Helper Hold(Sandbox sandbox, string label, string script)
    {
        Helper helper = sandbox.Start([("BUILDGUARD_SLOTS", "2")], "run", "--label", label, "--preflight", "off", "--", "sh", "-c", script);
        Assert.AreEqual("ready", helper.ReadLine());
        return helper;
    }

    private static JsonElement Next(Helper monitor, string name)
    {
        while (true)
        {
            JsonElement line = JsonDocument.Parse(monitor.ReadLine()!).RootElement;
            if (line.GetProperty("event").GetString() == name)
            {
                return line;
            }
        }
    }

    private static JsonElement[] Lines(Result result) =>
        [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string NameOf(JsonElement line) =>
        $"{line.GetProperty("event").GetString()} {(line.TryGetProperty("code", out JsonElement code) ? code.GetString() : "")}";

    private static string Text(JsonElement[] lines, string code) =>
        lines.Where(line => line.TryGetProperty("code", out JsonElement own) && own.GetString() == code).Select(line => line.GetProperty("text").GetString()!).First();
}
