using System.Diagnostics;

namespace BuildGuard.Cli.Tests;

/// <summary>Somebody keeps the short lock under which places in a queue are given out.</summary>
[TestClass]
public sealed class ShutQueueTests
{
    [TestMethod]
    public void Who_can_take_no_place_says_so_and_who_keeps_him_from_it()
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual(0, sandbox.Run("run", "--preflight", "off", "--", "true").ExitCode);
        string mutex = Path.Combine(sandbox.State, "locks", "user", "mutex");
        using Process keeper = Process.Start(new ProcessStartInfo("flock", ["--no-fork", mutex, "sh", "-c", "echo held; read end"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.AreEqual("held", keeper.StandardOutput.ReadLine());
        using Helper run = sandbox.Start([], "run", "--preflight", "off", "--", "echo", "ran");
        run.AwaitError($"buildguard: BG1013: no place in the queue for 2s: process {keeper.Id} keeps the lock of '{mutex}', ");
        keeper.StandardInput.Close();
        keeper.WaitForExit();
        Result result = run.WaitForEnd();
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual("ran\n", result.Output);
    }
}
