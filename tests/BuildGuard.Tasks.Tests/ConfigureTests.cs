using BuildGuard.Tasks.Projects;
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks;

/// <summary>The first step of a guarded project under an engine that is none of those known.</summary>
[TestClass]
public sealed class ConfigureTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buildguard-").FullName;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(GuardedProject.Variable, null);
        Directory.Delete(_directory, recursive: true);
    }

    [TestMethod]
    public void ThatTheEngineDoesNotTellTheImportsIsSaidAndTheRestIsLookedAt()
    {
        var file = Path.Combine(_directory, "a.proj");
        File.WriteAllText(file, "<Project><UsingTask TaskName=\"Exec\" AssemblyFile=\"x.dll\" Override=\"true\" /></Project>");
        var task = Create(OtherEngine.Create(out var asked), file);

        Assert.IsTrue(task.Execute());

        CollectionAssert.AreEquivalent(new[] { "BG0024", "BG0017" }, asked.Where(value => value.StartsWith("BG", StringComparison.Ordinal)).ToList());
        CollectionAssert.Contains(asked.ToList(), file);
    }

    private Configure Create(IBuildEngine engine, string file) => new()
    {
        BuildEngine = engine,
        ProjectName = "a",
        ProjectDirectory = _directory,
        StartupDirectory = _directory,
        ToolsDirectory = Path.Combine(_directory, "package", "tools"),
        SessionProject = Path.Combine(_directory, "package", "build", "Session.proj"),
        Hold = "Build",
        Importance = "low",
        Files = [file],
    };
}
