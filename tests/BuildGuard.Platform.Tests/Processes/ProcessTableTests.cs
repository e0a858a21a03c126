using System.Diagnostics;
using System.Runtime.Versioning;
using BuildGuard.Platform.Linux;
using BuildGuard.Processes;

namespace BuildGuard.Platform.Tests.Processes;

[TestClass]
[SupportedOSPlatform("linux")]
public sealed class ProcessTableTests
{
    private readonly LinuxProcessTable _table = new();

    [TestMethod]
    public void ItKnowsItself()
    {
        ProcessIdentity self = _table.Self;

        Assert.AreEqual(Environment.ProcessId, self.Pid);
        Assert.IsTrue(Guid.TryParse(self.BootId, out _), self.BootId);
        Assert.IsGreaterThan(0, self.PidNamespace);
        Assert.IsTrue(_table.IsAlive(self));
        Assert.AreEqual(Environment.UserName, _table.UserName);
    }

    [TestMethod]
    public void ItTellsAProcessFromALaterOneWithTheSameId()
    {
        ProcessIdentity self = _table.Self;

        Assert.IsFalse(_table.IsAlive(self with { StartTime = self.StartTime - 1 }));
        Assert.IsFalse(_table.IsAlive(self with { BootId = Guid.NewGuid().ToString() }));
        Assert.IsNull(_table.IsAlive(self with { PidNamespace = self.PidNamespace + 1 }));
        Assert.IsNotNull(_table.StateOf(self));
        Assert.IsNull(_table.StateOf(self with { StartTime = self.StartTime - 1 }));
        Assert.IsNull(_table.StateOf(self with { BootId = Guid.NewGuid().ToString() }));
        Assert.IsNull(_table.StateOf(self with { PidNamespace = self.PidNamespace + 1 }));
        Assert.IsNull(_table.Identify(int.MaxValue));
        Assert.IsNull(_table.Describe(int.MaxValue));
        Assert.AreEqual(0, _table.ParentOf(int.MaxValue));
    }

    [TestMethod]
    public void ItDescribesAProcessAndItsDescendants()
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 1000.5 & sleep 1000.5 & echo ready; wait"]) { RedirectStandardOutput = true })!;
        try
        {
            Assert.AreEqual("ready", shell.StandardOutput.ReadLine());
            Stopwatch patience = Stopwatch.StartNew();
            IReadOnlyList<ProcessRow> below = _table.DescendantsOf(shell.Id);
            while (below.Count(row => row.Name == "sleep") < 2 && patience.Elapsed < TimeSpan.FromSeconds(10))
            {
                below = _table.DescendantsOf(shell.Id);
            }

            ProcessRow row = _table.Describe(shell.Id)!;
            Assert.AreEqual(Environment.ProcessId, row.ParentPid);
            Assert.AreEqual("sh", row.Name);
            Assert.StartsWith("/bin/sh -c sleep 1000.5 &", row.Command);
            Assert.IsGreaterThan(0, row.MemoryBytes);
            Assert.HasCount(2, below);
            Assert.IsTrue(below.All(child => child.ParentPid == shell.Id && child.Command == "sleep 1000.5"));
            Assert.IsTrue(ProcessTree.Scan(shell.Id).Order().SequenceEqual(ProcessTree.Descendants(shell.Id).Order()));
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
            shell.WaitForExit();
        }

        Assert.IsNull(_table.Describe(shell.Id));
    }

    [TestMethod]
    public void ItSaysHowOldAProcessIsWhateverTheWallClockSays()
    {
        IProcessTable table = _table;
        ProcessIdentity self = table.Self;
        TimeSpan age = table.AgeOf(self)!.Value;

        Assert.IsGreaterThan(TimeSpan.Zero, age);
        Assert.IsLessThanOrEqualTo(TimeSpan.FromMilliseconds(Environment.TickCount64), age);
        Assert.IsGreaterThanOrEqualTo(age, table.AgeOf(self)!.Value);
        Assert.IsNull(table.AgeOf(self with { PidNamespace = self.PidNamespace + 1 }));
        Assert.IsNull(table.AgeOf(self with { BootId = Guid.NewGuid().ToString() }));
    }

    [TestMethod]
    public void AZombieIsNotAlive()
    {
        // sh starts a child that ends at once and then becomes a program that never collects it.
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "true & exec sleep 1000"]))!;
        try
        {
            Stopwatch patience = Stopwatch.StartNew();
            ProcessRow? zombie = null;
            while (zombie is null && patience.Elapsed < TimeSpan.FromSeconds(10))
            {
                zombie = _table.DescendantsOf(shell.Id).FirstOrDefault(row => row.State == 'Z');
            }

            Assert.IsNotNull(zombie);
            Assert.IsFalse(_table.IsAlive(zombie.Identity));
            Assert.AreEqual(string.Empty, zombie.Command);
        }
        finally
        {
            shell.Kill();
            shell.WaitForExit();
        }
    }
}
