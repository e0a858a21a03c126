using System.Diagnostics;
using BuildGuard.Tasks.Helper;

namespace BuildGuard.Tasks;

/// <summary>The helper of an operation is found by its command line, and no other process is asked to end in its place.</summary>
[TestClass]
public sealed class RunningHelperTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buildguard-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>A subshell is a child with its parent's command line, as a program's child is until it becomes another program.</summary>
    [TestMethod]
    public void AChildWithItsCommandLineIsNotTakenForIt()
    {
        var messages = Path.Combine(_directory, "messages");
        var script = $"trap 'echo helper > {_directory}/asked; kill -9 $child; exit' TERM; (trap 'echo child > {_directory}/asked; exit' TERM; while :; do sleep 0.01; done) & child=$!; touch {_directory}/ready; wait $child; wait";
        using var helper = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, "helper", "run", messages]) { UseShellExecute = false })!;
        try
        {
            Assert.IsTrue(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_directory, "ready")), TimeSpan.FromSeconds(30)));
            Assert.IsTrue(new RunningHelper(messages).AskToEnd());
            Assert.IsTrue(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_directory, "asked")) && new FileInfo(Path.Combine(_directory, "asked")).Length > 0, TimeSpan.FromSeconds(30)));
            Assert.AreEqual("helper", File.ReadAllText(Path.Combine(_directory, "asked")).Trim());
        }
        finally
        {
            helper.Kill(entireProcessTree: true);
            helper.WaitForExit();
        }
    }

    [TestMethod]
    public void WhereThereIsNoneNobodyIsAsked() => Assert.IsFalse(new RunningHelper(Path.Combine(_directory, "none")).AskToEnd());
}
