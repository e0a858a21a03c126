using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using BuildGuard.Platform.Linux;
using BuildGuard.Processes;
using BuildGuard.Watching;

namespace BuildGuard.Platform.Tests.Processes;

[TestClass]
[SupportedOSPlatform("linux")]
public sealed class NamedProcessesTests
{
    private static readonly HashSet<int> s_nobody = [];

    private readonly LinuxProcessTable _table = new();

    [TestMethod]
    public void Only_exactly_the_process_that_was_found_is_ended()
    {
        using Program program = Start("exact");
        var named = new NamedProcesses(_table);
        NamedSample found = program.FoundBy(named);
        foreach (NamedSample other in (NamedSample[])[found with { Process = found.Process with { StartTime = found.Process.StartTime - 1 } }, found with { Rule = "another" }])
        {
            Assert.AreEqual(other.Process != found.Process, named.End(other, s_nobody, TimeSpan.Zero), "gone is only what has another start");
            Assert.IsTrue(_table.IsAlive(found.Process), $"{other}");
        }

        Assert.IsTrue(named.End(found, s_nobody, TimeSpan.FromSeconds(10)));
        Assert.AreNotEqual(true, _table.IsAlive(found.Process));
    }

    [TestMethod]
    public void What_is_guarded_by_now_is_left_alone()
    {
        using Program program = Start("bynow");
        var named = new NamedProcesses(_table);
        NamedSample found = program.FoundBy(named);
        Assert.IsFalse(named.End(found, new HashSet<int> { found.Process.Pid }, TimeSpan.Zero));
        Assert.IsTrue(_table.IsAlive(found.Process));
        Assert.IsEmpty(named.Find([found.Rule], new HashSet<int> { found.Process.Pid }));
    }

    [TestMethod]
    public void Who_asks_and_whom_he_descends_from_is_not_found()
    {
        var named = new NamedProcesses(_table);
        string[] line = [.. Line().Select(pid => _table.Describe(pid)!.Name)];
        HashSet<int> own = [.. Line()];
        Assert.DoesNotContain(one => own.Contains(one.Process.Pid), named.Find(line, s_nobody));
    }

    private IEnumerable<int> Line()
    {
        for (int pid = Environment.ProcessId; pid > 0; pid = _table.ParentOf(pid))
        {
            yield return pid;
        }
    }

    /// <summary>A program of a name that no other one has.</summary>
    private Program Start(string name)
    {
        if (Line().Any(pid => _table.Describe(pid) is { } row && Regex.IsMatch(row.Command, @"buildguard(\.dll)? run")))
        {
            Assert.Inconclusive("these tests run under the guard, which spares all that it runs");
        }

        return new Program($"{name}-{Environment.ProcessId}", _table);
    }

    private sealed class Program : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("buildguard-named-").FullName;
        private readonly string _name;
        private readonly Process _process;

        public Program(string name, LinuxProcessTable table)
        {
            _name = name;
            string path = Path.Combine(_directory, name);
            File.Copy("/bin/cat", path);
            _process = Process.Start(new ProcessStartInfo(path) { RedirectStandardInput = true })!;
            SpinWait.SpinUntil(() => table.Describe(_process.Id)?.Name == name);
        }

        public NamedSample FoundBy(NamedProcesses named)
        {
            NamedSample found = named.Find([_name], s_nobody).Single();
            Assert.AreEqual(_process.Id, found.Process.Pid);
            return found;
        }

        public void Dispose()
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
            Directory.Delete(_directory, recursive: true);
        }
    }
}
