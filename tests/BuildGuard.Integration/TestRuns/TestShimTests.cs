namespace BuildGuard.Integration.TestRuns;

/// <summary>The stand-in for the test console, started by somebody who is no test task.</summary>
[TestClass]
public sealed class TestShimTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void WithoutAnSdkItSaysThatThereIsNoTestConsole()
    {
        var result = Shim();

        Assert.AreEqual(125, result.ExitCode, result.ToString());
        result.Says("error BG5002").Says("dotnet test");
    }

    [TestMethod]
    public void WithoutAProjectItSaysThatTheRunIsNotGuardedAndRunsIt()
    {
        _workspace.Environment["MSBuildExtensionsPath"] = SdkDirectory();

        var result = Shim();

        // The console's own help.
        result.Says("warning BG5003").Says("--Tests");
        Assert.IsEmpty(_workspace.Audit.Events);
    }

    private Result Shim() => _workspace.Dotnet("exec", $"{Package.Folder}/tools/shim/BuildGuard.TestShim.dll", "--help");

    private string SdkDirectory()
    {
        // "10.0.100 [/usr/lib/dotnet/sdk]"
        string last = _workspace.Dotnet("--list-sdks").Succeeds().Lines.Last(line => line.Length > 0);
        return Path.Combine(last[(last.IndexOf('[', StringComparison.Ordinal) + 1)..].TrimEnd(']'), last.Split(' ')[0]);
    }
}
