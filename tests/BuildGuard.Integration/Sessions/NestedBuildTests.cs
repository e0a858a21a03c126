namespace BuildGuard.Integration.Sessions;

/// <summary>A guarded build that a guarded build starts runs inside it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class NestedBuildTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void ABuildInAnExecOfABuildFinishes()
    {
        _workspace.WriteBare("outer.proj", "", "<Target Name=\"Build\"><Exec Command=\"dotnet msbuild -nologo inner.proj\" /></Target>");
        _workspace.WriteBare("inner.proj", "", "<Target Name=\"Build\"><Exec Command=\"echo inner $BUILDGUARD_LEASE\" /></Target>");

        _workspace.Build("outer.proj").Succeeds().NeverSays("BG1001");

        var sessions = _workspace.Audit.Acquired("session");
        Assert.HasCount(2, sessions);
        StringAssert.StartsWith(
            sessions[1].GetProperty("lease").GetString(), sessions[0].GetProperty("lease").GetString() + "/", StringComparison.Ordinal);
    }

    [TestMethod]
    public void ABuildThatATaskStartsByItselfFinishes()
    {
        // No variable says here that this build stands in another: only the genealogy of processes does.
        _workspace.WriteBare("outer.proj", "<BuildGuardExec>false</BuildGuardExec>", "<Target Name=\"Build\"><Exec Command=\"env -u BUILDGUARD_LEASE dotnet msbuild -nologo inner.proj\" /></Target>");
        _workspace.WriteBare("inner.proj", "", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");

        _workspace.Build("outer.proj").Succeeds().NeverSays("BG1001");
    }

    [TestMethod]
    public void TestsInAnExecOfABuildFinish()
    {
        _workspace.WriteReferencing("tests/tests.csproj", "<TargetFramework>net10.0</TargetFramework>", TestProjects.VSTestReferences);
        _workspace.Write("tests/Tests.cs", TestProjects.Source);
        _workspace.WriteBare("outer.proj", "", "<Target Name=\"Build\"><Exec Command=\"dotnet test tests\" /></Target>");

        _workspace.Build("outer.proj").Succeeds().Says("Passed!").NeverSays("BG1001");

        Assert.HasCount(2, _workspace.Audit.Acquired("session"));
    }
}
