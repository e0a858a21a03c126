namespace BuildGuard.Integration.Matrix;

/// <summary>The ways to build and test. Each is a row of docs/guide/matrix.md.</summary>
[TestClass]
[DoNotParallelize]
public sealed class CommandTests
{
    private static ProjectSet s_guarded = null!;
    private static ProjectSet s_unguarded = null!;
    private static IReadOnlyDictionary<string, string> s_expected = null!;

    [ClassInitialize]
    public static void Build(TestContext context)
    {
        _ = context;
        // Side by side: one of them has no guard.
        var unguarded = Task.Run(() =>
        {
            s_unguarded = new ProjectSet(isGuarded: false);
            s_unguarded.Run("dotnet build every.slnx").Succeeds();
            s_unguarded.Run("dotnet build lib -c Release").Succeeds();
            s_unguarded.Run("dotnet publish app").Succeeds();
        });
        s_guarded = new ProjectSet(isGuarded: true);
        s_guarded.Run("dotnet restore every.slnx").Succeeds();
        s_guarded.Run("dotnet build all.slnx --no-restore").Succeeds();
        s_guarded.Run("dotnet publish app").Succeeds();
        unguarded.Wait();
        s_expected = s_unguarded.Outputs();
    }

    [ClassCleanup]
    public static void Delete()
    {
        s_guarded.Dispose();
        s_unguarded.Dispose();
    }

    [TestMethod]
    [DataRow("dotnet build app")]
    [DataRow("dotnet build app --no-restore")]
    [DataRow("dotnet build all.sln")]
    [DataRow("dotnet build all.slnx")]
    [DataRow("dotnet build lib")]
    [DataRow("dotnet build lib -f net8.0")]
    [DataRow("dotnet build fs")]
    [DataRow("dotnet build vb")]
    [DataRow("dotnet build none")]
    [DataRow("dotnet msbuild dirs.proj")]
    [DataRow("dotnet msbuild lib -t:Rebuild")]
    [DataRow("dotnet build all.sln -m:1")]
    [DataRow("dotnet build all.sln -m:8")]
    [DataRow("dotnet build all.sln -m:8 -mt --no-incremental")]
    [DataRow("dotnet build all.sln -graph")]
    [DataRow("dotnet build all.sln -graph -isolate --no-restore")]
    [DataRow("MSBUILDDISABLENODEREUSE=0 dotnet build all.sln -m:2 -nodeReuse:true")]
    [DataRow("dotnet build all.sln -m:2 -nodeReuse:false")]
    [DataRow("DOTNET_CLI_USE_MSBUILD_SERVER=1 dotnet build all.sln")]
    [DataRow("DOTNET_CLI_USE_MSBUILD_SERVER=0 dotnet build all.sln")]
    [DataRow("dotnet build all.sln -bl")]
    [DataRow("dotnet build all.sln -tl:on")]
    [DataRow("dotnet build all.sln -tl:off")]
    [DataRow("dotnet run --project app")]
    [DataRow("dotnet publish app")]
    [DataRow("dotnet publish app --no-build")]
    [DataRow("dotnet pack lib")]
    [DataRow("dotnet pack lib --no-build")]
    [DataRow("dotnet test tests")]
    [DataRow("dotnet test tests --no-build")]
    [DataRow("dotnet test all.slnx --no-build")]
    [DataRow("dotnet msbuild tests -t:VSTest")]
    [DataRow("dotnet msbuild platform -t:Test")]
    public void TakesOneSessionAndGivesTheSameFiles(string command)
    {
        // The second time, nodes and servers of the first one serve.
        var times = command.Contains("=1 ", StringComparison.Ordinal) || command.Contains("-nodeReuse:true", StringComparison.Ordinal) ? 2 : 1;
        for (var time = 1; time <= times; time++)
        {
            var result = s_guarded.Run(command).Succeeds().NeverSays("MSB4275").NeverSays("warning");

            // On two nodes one project may wait for the other.
            Assert.IsTrue(result.Lines.All(line => !line.Contains("BG", StringComparison.Ordinal) || line.Contains("BG1001", StringComparison.Ordinal)), result.ToString());

            var session = Assert.ContainsSingle(s_guarded.Workspace.Audit.Acquired("session"), result.ToString()).GetProperty("lease").GetString();
            Assert.AreEqual(session, Assert.ContainsSingle(ReleasedSessions()).GetProperty("lease").GetString());
            Assert.IsTrue(s_guarded.Workspace.Audit.Acquired("operation").All(operation =>
                operation.GetProperty("lease").GetString()!.StartsWith(session + "/", StringComparison.Ordinal)));
        }

        IsAsUnguarded();
    }

    [TestMethod]
    [DataRow("dotnet clean lib -c Release")]
    public void TakesOneSessionAndRemovesTheSameFiles(string command)
    {
        s_guarded.Run("dotnet build lib -c Release").Succeeds();

        s_guarded.Run(command).Succeeds();

        Assert.ContainsSingle(s_guarded.Workspace.Audit.Acquired("session"));
        Assert.ContainsSingle(ReleasedSessions());
        Assert.IsFalse(s_guarded.Outputs().Keys.Any(file => file.StartsWith("lib/bin/Release", StringComparison.Ordinal) && file.EndsWith("lib.dll", StringComparison.Ordinal)));
        IsAsUnguarded();
    }

    [TestMethod]
    [DataRow("dotnet restore all.sln")]
    [DataRow("dotnet restore all.sln --force")]
    [DataRow("dotnet restore all.sln -p:RestoreUseStaticGraphEvaluation=true --force")]
    [DataRow("dotnet restore lib -graph")]
    [DataRow("dotnet run --project app --no-build")]
    [DataRow("dotnet msbuild app -getProperty:TargetPath")]
    [DataRow("dotnet msbuild app -t:GetTargetPath -p:DesignTimeBuild=true")]
    public void TakesNothing(string command)
    {
        s_guarded.Run(command).Succeeds().NeverSays("BG");

        Assert.IsEmpty(s_guarded.Workspace.Audit.Events);
    }

    /// <summary>Every file is one that the unguarded commands made, to the byte.</summary>
    private static void IsAsUnguarded()
    {
        foreach (var (file, hash) in s_guarded.Outputs())
        {
            Assert.IsTrue(s_expected.TryGetValue(file, out var expected), $"'{file}' is not there without the guard.");
            Assert.AreEqual(expected, hash, $"'{file}' is another one without the guard.");
        }
    }

    private static IEnumerable<System.Text.Json.JsonElement> ReleasedSessions() => s_guarded.Workspace.Audit.Named("released")
        .Where(one => one.GetProperty("kind").GetString() == "session");
}
