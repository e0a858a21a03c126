namespace BuildGuard.Integration.Sessions;

/// <summary>Projects of one build that ask for different locks.</summary>
[TestClass]
[DoNotParallelize]
public sealed class MixedLockTests : IDisposable
{
    private readonly Workspace _workspace = new();

    [TestInitialize]
    public void WriteProjects()
    {
        Write("one", "first");
        Write("two", "second");
        Write("three", "second");
        _workspace.Write("all.proj", "<Project><Target Name=\"Build\"><MSBuild Projects=\"one.proj;two.proj;three.proj\" BuildInParallel=\"true\" /></Target></Project>");
    }

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void TheFirstOneCountsAndEachOtherProjectIsTold()
    {
        var result = _workspace.Build("all.proj", "-m:1", "-warnaserror").Succeeds()
            .Says("(BG0025) two asks for the lock 'second', but this build has its turn under the lock 'first', which one asked for")
            .Says("(BG0025) three asks for the lock 'second'");
        Assert.AreEqual(2, result.CountOf("BG0025"), result.ToString());
        StringAssert.StartsWith(Assert.ContainsSingle(_workspace.Audit.Acquired("session")).GetProperty("lease").GetString(), "first/", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("-m:2")]
    [DataRow("-m:2 -mt")]
    public void OnSeveralNodesToo(string switches)
    {
        var result = _workspace.Build("all.proj", switches.Split(' ')).Succeeds();
        Assert.Contains(result.CountOf("BG0025"), [1, 2], result.ToString());
        Assert.ContainsSingle(_workspace.Audit.Acquired("session"));
    }

    [TestMethod]
    public void NothingIsSaidWhereTheyAgreeInTheEnd()
    {
        _workspace.Environment["BUILDGUARD_LOCK"] = "same";
        _workspace.Build("all.proj").Succeeds().NeverSays("BG0025");
    }

    [TestMethod]
    public void WhereEachOperationHasItsTurnEachHasItsLock()
    {
        _workspace.Build("all.proj", "-p:BuildGuardHold=Operation").Succeeds().NeverSays("BG0025");
        CollectionAssert.AreEquivalent(
            new[] { "first", "second", "second" },
            _workspace.Audit.Acquired("operation").Select(operation => operation.GetProperty("lease").GetString()!.Split('/')[0]).ToList());
    }

    private void Write(string name, string asks) =>
        _workspace.WriteBare(name + ".proj", $"<BuildGuardLock>{asks}</BuildGuardLock>", "<Target Name=\"Build\"><Exec Command=\"true\" /></Target>");
}
