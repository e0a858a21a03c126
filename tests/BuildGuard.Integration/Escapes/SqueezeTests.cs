using BuildGuard.Integration.Guest;

namespace BuildGuard.Integration.Escapes;

/// <summary>
/// A command that stands at its memory limit without the kernel ever giving up: it takes away the pages that the command
/// reads, and reads them from disk again, for ever.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class SqueezeTests
{
    // In MiB. What is left for the file is less than counts as room, and more than what the kernel needs for itself there.
    private const int Limit = 240;
    private const int Taken = Limit - 5;

    [TestMethod]
    public void OnVersion1ItIsTheLimit()
    {
        if (Environment.UserName != "root" || !Directory.Exists("/sys/fs/cgroup/pids"))
        {
            Assert.Inconclusive("needs root and version 1 control groups");
        }

        using var troupe = new Troupe();
        using var workspace = new Workspace();
        workspace.Environment["BUILDGUARD_CONTAINMENT"] = "cgroupV1";
        workspace.Environment["BUILDGUARD_PREFLIGHT"] = "off";
        using var run = workspace.StartHelper("run", "--memory", $"{Limit}M", "--", troupe.Acrobat, "squeeze", "x", $"{Taken}", workspace.PathOf("file"));
        Result result = run.Wait().FailsWith("BG3001");
        Assert.AreEqual(137, result.ExitCode, result.ToString());
    }

    [TestMethod]
    public void OnVersion2InTheGuestItIsTheLimit()
    {
        using var troupe = new Troupe();
        GuestMachine.Run($"buildguard run --memory {Limit}M -- acrobat squeeze x {Taken} /dev/nvme0n1; echo code $?", files: [("bin/acrobat", File.ReadAllBytes(troupe.Acrobat))])
            .Says("error BG3001").Says("code 137");
    }
}
