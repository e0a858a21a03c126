using System.Diagnostics;

namespace BuildGuard.Leases.Tests;

/// <summary>A short run of the stress program.</summary>
[TestClass]
public sealed class StressTests
{
    [TestMethod]
    [DataRow("--slots 1")]
    [DataRow("--slots 3")]
    [DataRow("--slots 3 --mixed")]
    public void Contenders_killed_stopped_and_ended_at_random_break_nothing(string options)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "stress.dll"), .. options.Split(' '), "--acquisitions", "300", "--kills", "12"])
        {
            RedirectStandardOutput = true,
        };
        using Process stress = Process.Start(start)!;
        string said = stress.StandardOutput.ReadToEnd();
        stress.WaitForExit();
        Assert.AreEqual(0, stress.ExitCode, said);
        Assert.Contains("violations 0", said);
    }
}
