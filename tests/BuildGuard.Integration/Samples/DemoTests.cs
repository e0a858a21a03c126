namespace BuildGuard.Integration.Samples;

/// <summary>The first command of the README. All of it takes minutes; that it builds takes seconds, and nothing else builds it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DemoTests
{
    [TestMethod]
    public void The_demonstration_builds_and_starts_as_the_readme_says()
    {
        using var workspace = new Workspace();
        var script = Path.Combine(Package.Root, "samples", "demo.cs");
        StringAssert.Contains(File.ReadAllText(Path.Combine(Package.Root, "README.md")), "\ndotnet run samples/demo.cs\n");

        // Its packages come from where those of this repository come from. An argument that there is none of stops it before
        // it does anything: so it was built, and started.
        var run = workspace.Start("dotnet", ["run", script, "--", "--no-such-argument"], Package.PackingEnvironment(workspace)).Wait();
        Assert.AreEqual(2, run.ExitCode, run.ToString());
        run.Says("usage: dotnet run samples/demo.cs").NeverSays("warning ");
    }
}
