using System.Diagnostics;
using System.Reflection;
using BuildGuard.Cli.Views;
using BuildGuard.Containment;
using BuildGuard.Leases;
using BuildGuard.Platform.Linux;

namespace BuildGuard.Cli.Tests.OnLinux;

/// <summary>What a look at a lease costs is what the lease has, and not what the machine has.</summary>
[TestClass]
public sealed class LeaseUseTests
{
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Only_for_a_dead_holder_every_process_of_the_machine_is_looked_at(bool isAlive)
    {
        using Process child = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true })!;
        var table = new LinuxProcessTable();
        var record = new LeaseRecord
        {
            Kind = LeaseKind.Operation,
            Holder = isAlive ? table.Self : table.Self with { StartTime = 1 },
            Label = "work",
            User = "me",
            EnqueuedAt = default,
        };
        Assert.IsTrue(LeaseId.TryParse("user/1-00000000", out LeaseId id));
        var view = new LeaseView(id, record, new GrantRecord(default, "v1:somewhere"), isAlive) { Age = default, Stopped = [] };
        IContainment containment = DispatchProxy.Create<IContainment, Calls>();

        LeaseUse report = LeaseUse.Of(new TreeSnapshot("user", [view], []), table, containment).Single();

        Assert.AreEqual(isAlive, report.Processes.Any(process => process.Pid == child.Id));
        Assert.AreEqual(!isAlive, ((Calls)(object)containment).Names.Contains(nameof(IContainment.FindLeftovers)));
        child.StandardInput.Close();
        child.WaitForExit();
    }

    /// <summary>A containment that finds nothing and remembers what it was asked.</summary>
    public class Calls : DispatchProxy
    {
        public List<string> Names { get; } = [];

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Names.Add(targetMethod!.Name);
            return targetMethod.Name == nameof(IContainment.FindLeftovers) ? Array.Empty<Processes.ProcessRow>() : null;
        }
    }
}
