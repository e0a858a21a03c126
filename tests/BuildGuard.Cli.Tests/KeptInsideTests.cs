using System.Diagnostics;
using System.Globalization;

namespace BuildGuard.Cli.Tests;

/// <summary>What an operation keeps is none of its own any more, but still of those around it that do not keep it.</summary>
[TestClass]
public sealed class KeptInsideTests
{
    private const string Keep = "setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo $! $BUILDGUARD_LEASE";

    [TestMethod]
    public void Of_the_operation_around_it_the_next_one_ends_it()
    {
        using var sandbox = new Sandbox();
        using Helper outer = sandbox.Start([], "run", "--preflight", "off", "--", "sh", "-c", $"{Program} run --keep sleep -- sh -c '{Keep}'; read end");
        (int kept, _) = Read(outer.ReadLine()!);
        outer.Kill();
        Result next = sandbox.Run("run", "--preflight", "off", "--", "true");
        StringAssert.Contains(next.Error, $"BG4001: ended an orphan that was still running after the operation: sleep (pid {kept}, ");
    }

    [TestMethod]
    public void Kept_by_both_it_outlives_a_file_with_the_name_of_either()
    {
        using var sandbox = new Sandbox();
        Result outer = sandbox.Run("run", "--preflight", "off", "--keep", "sleep", "--", "sh", "-c", $"{Program} run --keep sleep -- sh -c '{Keep}'");
        (int kept, string lease) = Read(outer.Output.Trim());
        using Process sleep = Process.GetProcessById(kept);
        try
        {
            string ticket = Path.Combine(sandbox.State, "locks", lease[..lease.LastIndexOf('/')]);
            File.WriteAllText(ticket, "garbage");
            Directory.CreateDirectory(ticket + ".d");
            File.WriteAllText(Path.Combine(sandbox.State, "locks", ticket + ".d", Path.GetFileName(lease)), "garbage");
            Result next = sandbox.Run("run", "--preflight", "off", "--", "true");
            Assert.AreEqual(0, next.ExitCode, next.Error);
            Assert.DoesNotContain("BG4001", next.Error);
            Assert.IsFalse(sleep.HasExited);
        }
        finally
        {
            sleep.Kill();
        }
    }

    private static string Program => string.Join(' ', Helper.Program);

    private static (int Pid, string Lease) Read(string line)
    {
        string[] words = line.Split(' ');
        return (int.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
    }
}
