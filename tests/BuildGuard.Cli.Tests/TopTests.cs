using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace BuildGuard.Cli.Tests;

/// <summary>The dashboard on a terminal, which script(1) makes, and where there is none.</summary>
[TestClass]
public sealed class TopTests
{
    private const string Enter = "\u001b[?1049h";
    private const string Leave = "\u001b[?1049l";

    [TestMethod]
    public void Where_there_is_no_terminal_it_is_one_snapshot()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--label", "nightly", "--preflight", "off", "--", "sh", "-c", "echo ready; read y");
        Assert.AreEqual("ready", holder.ReadLine());
        Result result = sandbox.Run("top");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.StartsWith(result.Output, "buildguard top  1 lease, 0 waiting");
        StringAssert.Contains(result.Output, " operation nightly ");
        Assert.IsFalse(result.Output.Contains('\u001b', StringComparison.Ordinal));
    }

    [TestMethod]
    public void An_operation_is_measured_by_its_own_limits()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start(
            [], "run", "--label", "tight", "--memory", "120M", "--processes", "7", "--preflight", "off", "--", "sh", "-c", "x=$(head -c 50000000 /dev/zero | tr '\\0' x); echo ready; read y; echo ${#x}");
        Assert.AreEqual("ready", holder.ReadLine());
        StringAssert.Matches(sandbox.Run("top").Output, new("(?m)^ operation tight .* █+░+ +1/7 "));
        System.Text.Json.JsonElement limits = sandbox.Run("status", "--json").Json.GetProperty("leases")[0].GetProperty("limits");
        Assert.AreEqual(120L << 20, limits.GetProperty("memoryBytes").GetInt64());
        Assert.AreEqual(7, limits.GetProperty("processes").GetInt32());
    }

    [TestMethod]
    public void The_key_that_ends_a_lease_says_so_where_there_is_none()
    {
        using var sandbox = new Sandbox();
        using var terminal = new Pty(sandbox);
        terminal.Await("Nobody holds a lease.");
        terminal.Type("k");
        terminal.Await("Nobody holds a lease that could be ended here.");
        terminal.Type("q");
        terminal.Await("that is all", after: "code 0");
    }

    [TestMethod]
    [DataRow("TERM", 143)]
    [DataRow("INT", 130)]
    [DataRow("HUP", 129)]
    [DataRow("q", 0)]
    public void The_terminal_is_restored_however_it_ends(string how, int exitCode)
    {
        using var sandbox = new Sandbox();
        using var terminal = new Pty(sandbox);
        terminal.Await("Nobody holds a lease.");
        if (exitCode == 0)
        {
            terminal.Type(how);
        }
        else
        {
            Helper.Signal(terminal.Pid, how);
        }

        string said = terminal.Await("that is all", after: $"code {exitCode}");
        Assert.IsGreaterThan(said.LastIndexOf(Enter, StringComparison.Ordinal), said.LastIndexOf(Leave, StringComparison.Ordinal), said);
        StringAssert.Contains(said[said.LastIndexOf(Leave, StringComparison.Ordinal)..], " icanon", "it takes keys without Enter still");
    }

    [TestMethod]
    public void A_lease_is_ended_after_a_yes_and_not_before()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--label", "runaway", "--preflight", "off", "--", "sh", "-c", "echo ready; read y; echo done");
        Assert.AreEqual("ready", holder.ReadLine());
        using var terminal = new Pty(sandbox);
        terminal.Await("operation runaway");
        terminal.Type("\u001b[Bk");
        terminal.Await("End 'runaway' with ");
        terminal.Type("n");
        terminal.Await("k end lease", after: "End 'runaway'");
        terminal.Type("ky");
        terminal.Await("Ended user/");
        Result end = holder.WaitForEnd();
        Assert.AreEqual(137, end.ExitCode);
        StringAssert.Contains(end.Error, "BG1006: stopped by 'buildguard top'");
        terminal.Type("q");
        terminal.Await("code 0");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_lease_without_a_readable_ticket_is_ended_like_any_other(bool isThere)
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--label", "runaway", "--preflight", "off", "--", "sh", "-c", "echo $BUILDGUARD_LEASE; read y; echo done");
        string ticket = Path.Combine(sandbox.State, "locks", holder.ReadLine()!);
        using (Process damage = Process.Start("sh", ["-c", isThere ? ": > \"$0\"" : "rm \"$0\"", ticket]))
        {
            damage.WaitForExit();
        }

        using var terminal = new Pty(sandbox);
        terminal.Await("(no ticket)");
        terminal.Type("\u001b[Bk");
        terminal.Await(" with 1 process? y/n");
        terminal.Type("y");
        terminal.Await("Ended user/");
        Result end = holder.WaitForEnd();
        Assert.AreEqual(137, end.ExitCode);
        StringAssert.Contains(end.Error, "BG1006: stopped by 'buildguard top'");
        terminal.Type("q");
        terminal.Await("code 0");
    }

    [TestMethod]
    public void That_the_state_cannot_be_read_is_said_in_full_for_as_long_as_it_is_so()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([], "run", "--label", "nightly", "--preflight", "off", "--", "sh", "-c", "echo ready; read y; true");
        Assert.AreEqual("ready", holder.ReadLine());
        using var terminal = new Pty(sandbox);
        terminal.Await("operation nightly");
        string locks = Path.Combine(sandbox.State, "locks"), aside = Path.Combine(sandbox.Root, "aside");
        Directory.Move(locks, aside);
        File.WriteAllText(locks, "");
        terminal.Await("BG0010: the state directory");
        string said = terminal.Await("it is a link or no directory");
        string row = Regex.Matches(said, "\u001b\\[(\\d+);1H\u001b\\[0m\u001b\\[2K(\u001b\\[\\d*m)*BG0010").Last().Groups[1].Value;
        File.Delete(locks);
        Directory.Move(aside, locks);
        terminal.Await($"\u001b[{row};1H", after: "BG0010");
        terminal.Type("q");
        terminal.Await("code 0");
        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
    }

    /// <summary>The dashboard on a terminal of its own.</summary>
    private sealed class Pty : IDisposable
    {
        private readonly Process _script;
        private readonly StringBuilder _said = new();
        private readonly Task _listening;

        public Pty(Sandbox sandbox)
        {
            string program = string.Join(' ', Helper.Program);
            string command = $"echo pid $$; sh -c 'echo self $$; exec {program} top --interval 200ms'; echo code $?; stty -a; echo that is all";
            var start = new ProcessStartInfo("script", ["-qfc", command, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = sandbox.Work };
            Helper.PutInto(sandbox, start);
            start.Environment["TERM"] = "xterm";
            try
            {
                _script = Process.Start(start)!;
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                Assert.Inconclusive($"script(1) makes the terminal: {e.Message}");
                throw;
            }

            _listening = Listen();
            string said = Await(Enter);
            Pid = int.Parse(said.Split("self ")[1].Split('\r')[0]);
        }

        public int Pid { get; }

        public void Type(string keys)
        {
            _script.StandardInput.Write(keys);
            _script.StandardInput.Flush();
        }

        /// <summary>Waits until something was said, behind the last time that something else was.</summary>
        public string Await(string text, string after = "") => Helper.Await(Said, said => said[(after.Length == 0 ? 0 : Math.Max(0, said.LastIndexOf(after, StringComparison.Ordinal)))..].Contains(text, StringComparison.Ordinal));

        public void Dispose()
        {
            if (!_script.HasExited)
            {
                _script.Kill();
            }

            _script.WaitForExit();
            _listening.Wait();
            _script.Dispose();
        }

        private string Said()
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }

        private async Task Listen()
        {
            var part = new char[4096];
            while (await _script.StandardOutput.ReadAsync(part) is var length and > 0)
            {
                lock (_said)
                {
                    _said.Append(part, 0, length);
                }
            }
        }
    }
}
