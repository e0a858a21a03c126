using System.Diagnostics;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>However few files the program may open: it never says that nothing is left while something is, and says what is wrong.</summary>
[TestClass]
public sealed class FewFilesTests
{
    /// <summary>The runtime of a program that is not native cannot even start with fewer than this many, and then gives up by itself.</summary>
    private static readonly int s_fewest = Helper.Program.Length == 1 ? 4 : 52;

    private static readonly bool s_isNative = Helper.Program.Length == 1;

    /// <summary>The codes of SIGABRT and of SIGSEGV: that runtime, where it cannot open one of its own files, ends by either. A native program has no such excuse.</summary>
    private static readonly int[] s_brokenDown = s_isNative ? [] : [134, 139];

    [TestMethod]
    [DataRow("stop --yes", 1)]
    [DataRow("reap", 125)]
    public void What_a_killed_holder_left_is_ended_or_said_to_be_there(string verb, int failed)
    {
        using var sandbox = new Sandbox();
        for (int files = s_fewest, well = 0; well < 3; files++)
        {
            Assert.IsLessThan(500, files, "it never went well");
            int left = LeaveBehind(sandbox);
            Result result = Run(sandbox, files, verb);
            bool runs = IsRunning(left);
            if (s_brokenDown.Contains(result.ExitCode))
            {
                continue;
            }

            string all = $"with {files} open files exit code {result.ExitCode}, left: {runs}: {result.Output}{result.Error}";
            Assert.IsTrue(result.ExitCode == 0 ? !runs : result.ExitCode == failed || result.ExitCode == 125, all);
            Assert.IsTrue(!runs || !(result.Output.StartsWith("Ended", StringComparison.Ordinal) || result.Output.StartsWith("Nothing", StringComparison.Ordinal)), all);
            AssertReason(result, all);
            well = result.ExitCode == 0 ? well + 1 : 0;
            Assert.AreEqual(0, sandbox.Run("reap").ExitCode);
        }
    }

    [TestMethod]
    [DataRow("status")]
    [DataRow("queue")]
    [DataRow("log")]
    [DataRow("monitor --once")]
    [DataRow("doctor")]
    [DataRow("hooks status")]
    [DataRow("report --output -")]
    [DataRow("run --preflight off -- true")]
    public void Who_looks_sees_the_holder_or_is_told_why_not(string verb)
    {
        using var sandbox = new Sandbox();
        using Process git = Process.Start("git", ["init", "-q", sandbox.Work]);
        git.WaitForExit();
        Assert.AreEqual(0, sandbox.Run("run", "--preflight", "off", "--", "true").ExitCode);
        using Helper holder = sandbox.Start([], "run", "--label", "nightly", "--preflight", "off", "--", "cat");
        _ = Helper.Await(() => sandbox.Run("status", "--json").Json, s => s.GetProperty("leases").GetArrayLength() == 1);
        if (verb.StartsWith("run", StringComparison.Ordinal))
        {
            holder.CloseInput();
            _ = holder.WaitForEnd();
        }

        for (int files = s_fewest, well = 0; well < 3; files++)
        {
            Assert.IsLessThan(500, files, "it never went well");
            Result result = Run(sandbox, files, verb);
            if (s_brokenDown.Contains(result.ExitCode))
            {
                continue;
            }

            string all = $"with {files} open files exit code {result.ExitCode}: {result.Output}{result.Error}";
            AssertReason(result, all);
            if (result.ExitCode == 0 && verb is "status" or "queue")
            {
                StringAssert.Contains(result.Output, "nightly", all);
            }

            Assert.IsTrue(result.ExitCode is 0 or 1 or 125, all);
            well = result.ExitCode == 0 ? well + 1 : 0;
        }
    }

    /// <summary>What a killed operation of the build left, where the build's own helper may open few files.</summary>
    [TestMethod]
    public void A_session_ends_what_is_left_in_it_or_says_that_it_cannot_see_it()
    {
        using var sandbox = new Sandbox();
        for (int files = s_fewest, well = 0; well < 3; files++)
        {
            Assert.IsLessThan(500, files, "it never went well");
            using Process session = Start(sandbox, files, $"session --label build --build b{files} --owner-pid {Environment.ProcessId} --preflight off");
            Task<string> error = session.StandardError.ReadToEndAsync();
            string first = session.StandardOutput.ReadLine() ?? "";
            int left = 0;
            if (first.Contains("\"acquired\"", StringComparison.Ordinal))
            {
                string lease = System.Text.Json.JsonDocument.Parse(first).RootElement.GetProperty("lease").GetString()!;
                left = LeaveBehind(sandbox, ("BUILDGUARD_LEASE", lease));
            }

            session.StandardInput.Close();
            string all = $"with {files} open files: {first}\n{session.StandardOutput.ReadToEnd()}{error.GetAwaiter().GetResult()}";
            Assert.IsTrue(session.WaitForExit(TimeSpan.FromSeconds(60)), "the program does not end");
            bool runs = left != 0 && IsRunning(left);
            Assert.AreEqual(0, sandbox.Run("reap").ExitCode);
            if (s_brokenDown.Contains(session.ExitCode))
            {
                continue;
            }

            Assert.IsTrue(session.ExitCode == 0 ? !runs : session.ExitCode == 125, $"exit code {session.ExitCode}, left runs: {runs}, {all}");
            Assert.DoesNotContain("Unhandled exception", all);
            Assert.IsTrue(session.ExitCode == 0 || all.Contains("too many open files", StringComparison.OrdinalIgnoreCase), all);
            well = session.ExitCode == 0 && left != 0 ? well + 1 : 0;
        }
    }

    /// <summary>It comes to that while the command runs already: a few were kept for the end.</summary>
    [TestMethod]
    [DataRow("")]
    [DataRow("bare")]
    public void Where_nothing_more_can_be_opened_what_a_command_leaves_is_ended_all_the_same(string containment)
    {
        using var sandbox = new Sandbox();
        using Helper run = sandbox.Start(
            containment.Length > 0 ? [("BUILDGUARD_CONTAINMENT", containment)] : [],
            "run", "--preflight", "off", "--", "sh", "-c", "setsid sleep 1000 > /dev/null 2>&1 & echo $!; read go; exit 3");
        int left = int.Parse(run.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);

        // What is opened at the first looks at the command is open then, and below the lowest that is free there is none.
        int free = Helper.Await(() => LowestFreeDescriptorOf(run.Pid), new Still().IsReached);
        using Process limit = Process.Start("prlimit", ["--pid", $"{run.Pid}", $"--nofile={free}"]);
        limit.WaitForExit();
        run.CloseInput();

        Result result = run.WaitForEnd();
        if (s_brokenDown.Contains(result.ExitCode) || (!s_isNative && result.Error.Contains("BG0099", StringComparison.Ordinal)))
        {
            // The runtime could not even load its own parts.
            Assert.AreEqual(0, sandbox.Run("run", "--preflight", "off", "--", "true").ExitCode);
            Assert.IsFalse(IsRunning(left), result.Error);
            return;
        }

        Assert.AreEqual(3, result.ExitCode, result.Error);
        Assert.IsFalse(IsRunning(left), result.Error);
        StringAssert.Contains(result.Error, "BG4001");
    }

    private static int LowestFreeDescriptorOf(int pid)
    {
        HashSet<string> open = [.. Directory.GetFiles($"/proc/{pid}/fd").Select(path => Path.GetFileName(path))];
        return Enumerable.Range(0, open.Count + 1).First(number => !open.Contains($"{number}"));
    }

    /// <summary>Whether a number has stayed the same for a while.</summary>
    private sealed class Still
    {
        private int _last = -1;
        private int _times;

        public bool IsReached(int number)
        {
            _times = number == _last ? _times + 1 : 0;
            _last = number;
            return _times >= 20;
        }
    }

    private static void AssertReason(Result result, string all)
    {
        Assert.DoesNotContain("Permission denied", result.Output + result.Error, all);
        Assert.DoesNotContain("Unhandled exception", result.Error, all);
        if (result.ExitCode != 0)
        {
            StringAssert.Matches(result.Output + result.Error, new("(?i)too many (open )?files"), all);
        }
    }

    private static Result Run(Sandbox sandbox, int files, string verb)
    {
        using Process process = Start(sandbox, files, verb);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.IsTrue(process.WaitForExit(TimeSpan.FromSeconds(60)), "the program does not end");
        return new Result(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static Process Start(Sandbox sandbox, int files, string verb)
    {
        var start = new ProcessStartInfo("sh", ["-c", $"exec 3>&- 4>&- 5>&-; ulimit -n {files}; exec \"$@\" {verb}", "sh", .. Helper.Program])
        {
            WorkingDirectory = sandbox.Work,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Helper.PutInto(sandbox, start);
        return Process.Start(start)!;
    }

    /// <summary>A lease whose holder was killed, and a process that it left.</summary>
    private static int LeaveBehind(Sandbox sandbox, params (string Name, string Value)[] variables)
    {
        using Helper holder = sandbox.Start([("BUILDGUARD_CONTAINMENT", "bare"), .. variables], "run", "--preflight", "off", "--", "sh", "-c", "setsid sleep 1000 > /dev/null 2>&1 & echo $!; read go");
        int left = int.Parse(holder.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        holder.Kill();
        return left;
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
