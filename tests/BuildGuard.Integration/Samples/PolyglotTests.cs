using System.Text.Json;

namespace BuildGuard.Integration.Samples;

/// <summary>The sample without a package: make, pytest and dotnet take their turns by 'buildguard run'.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PolyglotTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Workspace _workspace = new();

    public PolyglotTests()
    {
        foreach (var program in (string[])["make", "pytest", "python3"])
        {
            Assert.AreNotEqual("", InnerEnvironment.Find(program), $"{program} is not installed (Debian: apt-get install make python3-pytest)");
        }

        var sample = Path.Combine(Package.Root, "samples", "polyglot");
        foreach (var file in Directory.EnumerateFiles(sample, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(sample, file);
            if (!relative.Split('/').Any(part => part is "build" or "bin" or "obj" or "__pycache__"))
            {
                _workspace.Write(relative, File.ReadAllText(file));
            }
        }

        // Where the program would be installed.
        var native = Path.Combine(Package.Folder, "tools", "linux-x64", "buildguard");
        _workspace.Write("bin/buildguard", File.Exists(native)
            ? $"#!/bin/sh\nexec '{native}' \"$@\"\n"
            : $"#!/bin/sh\nexec dotnet exec '{Path.Combine(Package.Folder, "tools", "any", "buildguard.dll")}' \"$@\"\n");
        File.SetUnixFileMode(_workspace.PathOf("bin/buildguard"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _workspace.Environment["PATH"] = _workspace.PathOf("bin") + ":" + _workspace.Environment["PATH"];
        _workspace.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
    }

    [TestMethod]
    public void One_turn_for_the_whole_and_turns_inside_it_for_its_tests_and_its_report()
    {
        Make("all").Succeeds().Says("4 passed").Says("Harbour");
        var acquired = _workspace.Audit.Acquired("operation");
        CollectionAssert.AreEqual((string[])["weather: all", "weather: tests", "weather: report"], acquired.Select(Label).ToArray());
        var outer = acquired[0].GetProperty("lease").GetString()!;
        Assert.IsTrue(acquired.Skip(1).All(one => one.GetProperty("lease").GetString()!.StartsWith(outer + "/", StringComparison.Ordinal)), string.Join('\n', acquired));

        using var report = JsonDocument.Parse(File.ReadAllText(_workspace.PathOf("build/tests.json")));
        Assert.AreEqual("exited", report.RootElement.GetProperty("outcome").GetString());
        Assert.AreEqual(0, report.RootElement.GetProperty("exitCode").GetInt32());
        Assert.IsGreaterThan(1L << 20, report.RootElement.GetProperty("peakMemoryBytes").GetInt64());

        using var page = _workspace.StartHelper("report", "--output", _workspace.PathOf("build/report.html"));
        page.Wait().Succeeds();
        StringAssert.Contains(File.ReadAllText(_workspace.PathOf("build/report.html")), "weather: tests");
    }

    [TestMethod]
    public void Test_runs_at_once_queue_and_run_one_after_the_other()
    {
        // Not the guard's own word for it: what runs says when it begins and ends.
        _workspace.Write("bin/pytest", $"#!/bin/sh\necho begin >> witness\n'{InnerEnvironment.Find("pytest")}' \"$@\"\ncode=$?\necho end >> witness\nexit $code\n");
        File.SetUnixFileMode(_workspace.PathOf("bin/pytest"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var holder = _workspace.StartHelper("run", "--label", "holder", "--", "sh", "-c", "until [ -e go ]; do sleep 0.05; done");
        Deadline.Until(() => _workspace.Audit.Acquired("operation").Count == 1, Patience, () => holder.Output);
        using var first = StartMake("test");
        Deadline.Until(() => first.Output.Contains("BG1001: waiting for the turn at position 1", StringComparison.Ordinal), Patience, () => first.Output);
        using var second = StartMake("test");
        Deadline.Until(() => second.Output.Contains("BG1001: waiting for the turn at position 2", StringComparison.Ordinal), Patience, () => second.Output);

        _workspace.Write("go", "");
        holder.Wait().Succeeds();
        first.Wait().Succeeds().Says("4 passed");
        second.Wait().Succeeds().Says("4 passed");

        CollectionAssert.AreEqual((string[])["begin", "end", "begin", "end"], File.ReadAllLines(_workspace.PathOf("witness")));
    }

    [TestMethod]
    public void A_server_that_a_test_forgets_is_ended_and_named()
    {
        _workspace.Environment["WEATHER_FORGET"] = "1";
        Make("test").Succeeds().Says("4 passed").Says("BG4001: ended an orphan that was still running after the operation: python3 (pid ");
        using var report = JsonDocument.Parse(File.ReadAllText(_workspace.PathOf("build/tests.json")));
        var orphan = report.RootElement.GetProperty("orphansEnded")[0];
        StringAssert.Contains(orphan.GetProperty("command").GetString(), "http.server");
        Assert.IsFalse(Directory.Exists($"/proc/{orphan.GetProperty("pid").GetInt32()}"), "it still runs");
    }

    public void Dispose() => _workspace.Dispose();

    private static string Label(JsonElement one) => one.GetProperty("label").GetString()!;

    private RunningCommand StartMake(string target) => _workspace.Start("make", [target], _workspace.Environment);

    private Result Make(string target)
    {
        using var make = StartMake(target);
        return make.Wait();
    }
}
