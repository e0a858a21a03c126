using System.Security.Cryptography;
using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>What is named to be kept survives its command, and no limit.</summary>
[TestClass]
public sealed class KeepTests
{
    /// <summary>An argument that no other process has.</summary>
    private readonly string _token = $"1000.{RandomNumberGenerator.GetInt32(100_000_000, 999_999_999)}";

    private static readonly string[] Rungs = ["", "bare"];

    public static IEnumerable<object[]> Breaches =>
        from rung in Rungs
        from breach in new (string Option, string Value, int Code)[] { ("--processes", "5", 137), ("--timeout", "700ms", 124), ("--stall", "700ms:kill", 137) }
        select new object[] { rung, breach.Option, breach.Value, breach.Code };

    [TestMethod]
    [DynamicData(nameof(Breaches))]
    public void Nothing_is_kept_when_a_limit_ends_the_tree(string rung, string option, string value, int code)
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(
            [("BUILDGUARD_CONTAINMENT", rung)],
            "run", "--preflight", "off", "--keep", "sleep", option, value, "--", "sh", "-c", $"for i in 1 2 3 4{(code == 137 && option == "--processes" ? " 5 6 7 8" : "")}; do setsid sleep {_token} > /dev/null 2>&1 & done; wait");

        int alive = Alive();
        End();
        Assert.AreEqual(code, result.ExitCode, result.Error);
        Assert.AreEqual(0, alive, result.Error);
        Assert.DoesNotContain("\"kept\":true", File.ReadAllText(sandbox.AuditFile));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("bare")]
    public void What_is_kept_is_not_told_as_ended(string rung)
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(
            [("BUILDGUARD_CONTAINMENT", rung)],
            "run", "--preflight", "off", "--keep", "sleep", "--", "sh", "-c", $"sh -c 'sleep {_token} > /dev/null 2>&1 & echo $! > kept; while :; do read y; done < /dev/zero' & until [ -s kept ]; do :; done");
        try
        {
            Assert.AreEqual(0, result.ExitCode, result.Error);
            int kept = int.Parse(File.ReadAllText(Path.Combine(sandbox.Work, "kept")), System.Globalization.CultureInfo.InvariantCulture);
            Assert.AreEqual(1, Alive(), result.Error);
            JsonElement[] told = [.. File.ReadLines(sandbox.AuditFile).Select(line => JsonDocument.Parse(line).RootElement)
                .Where(e => e.TryGetProperty("processes", out _)).SelectMany(e => e.GetProperty("processes").EnumerateArray())
                .Where(p => p.GetProperty("pid").GetInt32() == kept)];
            Assert.HasCount(1, told, File.ReadAllText(sandbox.AuditFile));
            Assert.IsTrue(told[0].GetProperty("kept").GetBoolean());
        }
        finally
        {
            End();
        }
    }

    /// <summary>A server is of no use without its workers.</summary>
    [TestMethod]
    [DataRow("")]
    [DataRow("bare")]
    public void What_is_kept_is_kept_with_what_it_started(string rung)
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run(
            [("BUILDGUARD_CONTAINMENT", rung)],
            "run", "--preflight", "off", "--keep", "bash", "--", "sh", "-c",
            $"setsid bash -c 'sleep {_token} & echo $! > worker; wait; :' > /dev/null 2>&1 & until [ -s worker ]; do :; done");
        int alive = Alive();
        End();
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual(1, alive, result.Error);
        Assert.DoesNotContain("BG4001", result.Error);
    }

    private int Alive() => Mine().Count();

    private void End()
    {
        foreach (int pid in Mine())
        {
            Helper.Signal(pid, "KILL");
        }
    }

    private IEnumerable<int> Mine() => Directory.EnumerateDirectories("/proc").Where(directory =>
    {
        try
        {
            return File.ReadAllText(directory + "/cmdline").Split('\0') is ["sleep", var argument, ..] && argument == _token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }).Select(directory => int.Parse(Path.GetFileName(directory), System.Globalization.CultureInfo.InvariantCulture));
}
