using System.Diagnostics;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>What cannot be ended is said and stands in the audit trail, of the lease that it is left of and of the one that could not start.</summary>
[TestClass]
public sealed class CannotEndTests
{
    private static readonly string[] Run = ["run", "--preflight", "off", "--"];

    [TestMethod]
    public void What_a_killed_holder_left()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox, out string dead);
        holder.Kill();
        using Process inside = SomebodyInside(sandbox, dead);

        using Helper run = sandbox.Start([], [.. Run, "touch", "ran"]);
        run.CloseInput();
        Result result = run.WaitForEnd();
        Assert.AreEqual(125, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, "error BG4003");
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));

        JsonElement refused = Events(sandbox, "refused").Single();
        Assert.AreEqual("BG4003", refused.GetProperty("code").GetString());
        Assert.AreEqual(run.Pid, refused.GetProperty("pid").GetInt32());
        Assert.AreEqual("touch ran", refused.GetProperty("command").GetString());
        Assert.AreNotEqual(dead, refused.GetProperty("lease").GetString());
        StringAssert.Contains(refused.GetProperty("reason").GetString(), dead);
        Assert.AreEqual(dead, Stuck(sandbox).GetProperty("lease").GetString());

        Leave(inside);
        Assert.AreEqual(0, sandbox.Run([.. Run, "touch", "ran"]).ExitCode);
        Assert.IsTrue(File.Exists(Path.Combine(sandbox.Work, "ran")));
    }

    [TestMethod]
    public void What_a_killed_holder_left_for_reap()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox, out string dead);
        holder.Kill();
        using Process inside = SomebodyInside(sandbox, dead);
        Result result = sandbox.Run("reap");
        Assert.AreEqual(125, result.ExitCode, result.Output + result.Error);
        StringAssert.Contains(result.Error, "error BG4003");
        JsonElement stuck = Stuck(sandbox);
        Assert.AreEqual(dead, stuck.GetProperty("lease").GetString());
        Assert.AreEqual(holder.Pid, stuck.GetProperty("pid").GetInt32());
        Leave(inside);
    }

    [TestMethod]
    public void What_stands_in_the_own_lease()
    {
        using var sandbox = new Sandbox();
        using Helper holder = Hold(sandbox, out string own);
        using Process inside = SomebodyInside(sandbox, own);
        holder.CloseInput();
        Result result = holder.WaitForEnd();
        Assert.AreEqual(125, result.ExitCode, result.Error);
        StringAssert.Contains(result.Error, "error BG4003");
        JsonElement stuck = Stuck(sandbox);
        Assert.AreEqual(own, stuck.GetProperty("lease").GetString());
        StringAssert.StartsWith(stuck.GetProperty("command").GetString(), "sh -c");
        Assert.IsEmpty(Events(sandbox, "released"));
        Leave(inside);
    }

    private static Helper Hold(Sandbox sandbox, out string lease)
    {
        Helper holder = sandbox.Start([], [.. Run, "sh", "-c", "echo ready; read go"]);
        Assert.AreEqual("ready", holder.ReadLine());
        lease = sandbox.Run("status", "--json").Json.GetProperty("leases")[0].GetProperty("id").GetString()!;
        return holder;
    }

    /// <summary>Holds a ticket inside a lease that does not say who it is, so it can be neither asked nor killed.</summary>
    private static Process SomebodyInside(Sandbox sandbox, string lease)
    {
        string ticket = Path.Combine(Directory.CreateDirectory(Path.Combine(sandbox.State, "locks", lease + ".d")).FullName, "1-00000001");
        File.WriteAllText(ticket, "");
        Process process = Process.Start(new ProcessStartInfo("flock", ["--no-fork", ticket, "sh", "-c", "echo held; read go"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.AreEqual("held", process.StandardOutput.ReadLine());
        return process;
    }

    private static void Leave(Process process)
    {
        process.StandardInput.Close();
        process.WaitForExit();
    }

    private static JsonElement Stuck(Sandbox sandbox)
    {
        JsonElement stuck = Events(sandbox, "degraded").Single();
        Assert.AreEqual("BG4003", stuck.GetProperty("code").GetString());
        return stuck;
    }

    private static JsonElement[] Events(Sandbox sandbox, string name) => [.. File.ReadAllLines(sandbox.AuditFile)
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Where(record => record.GetProperty("event").GetString() == name)];
}
