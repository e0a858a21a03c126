namespace BuildGuard.Integration.Escapes;

/// <summary>Whatever a command does to get away: when its run is over, or the next one starts after the guard was killed, nothing of it is left.</summary>
[TestClass]
[DoNotParallelize]
public sealed class EscapeTests
{
    private const string Nobody = "65534";

    private static readonly Lazy<Troupe> s_troupe = new(() => new Troupe());

    /// <summary>Makes all control groups read-only for what follows.</summary>
    private const string ReadOnlyGroups = """
        for mount in $(sed -n 's/^[^ ]* \(\/sys\/fs\/cgroup[^ ]*\) .*/\1/p' /proc/mounts); do mount -o remount,bind,ro "$mount" || exit; done
        exec "$@"
        """;

    public static IEnumerable<object[]> OfRoot => Rows(_ => true);

    public static IEnumerable<object[]> OfUser => Rows(escape => !escape.NeedsGroups);

    public static IEnumerable<object[]> OfGuest => Rows(escape => !escape.NeedsFreezer);

    [TestMethod]
    [DynamicData(nameof(OfRoot))]
    public void OnVersion1(string escape, Guard guard)
    {
        AsRoot();
        if (!Directory.Exists("/sys/fs/cgroup/pids"))
        {
            Assert.Inconclusive("this machine has no version 1 control groups");
        }

        Try([], "cgroupV1", escape, guard);
    }

    [TestMethod]
    [DynamicData(nameof(OfRoot))]
    public void OnTheBareRungAsRoot(string escape, Guard guard)
    {
        AsRoot();
        Try([], "bare", escape, guard);
    }

    [TestMethod]
    [DynamicData(nameof(OfUser))]
    public void OnTheBareRungAsAUser(string escape, Guard guard) => Try(
        IsRoot ? [Tool("setpriv", "util-linux"), $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"] : [],
        "bare",
        escape,
        guard);

    [TestMethod]
    [DynamicData(nameof(OfUser))]
    public void WithReadOnlyGroups(string escape, Guard guard)
    {
        AsRoot();
        Try([Tool("unshare", "util-linux"), "--mount", "sh", "-c", ReadOnlyGroups, "sh"], "", escape, guard);
    }

    [TestMethod]
    [DynamicData(nameof(OfGuest))]
    public void OnVersion2InTheGuest(string escape, Guard guard) => GuestTrials.Of(s_troupe.Value, Take(escape), guard).Verify(Take(escape), guard, "cgroupV2");

    [ClassCleanup]
    public static void Remove()
    {
        if (s_troupe.IsValueCreated)
        {
            s_troupe.Value.Dispose();
        }
    }

    private static bool IsRoot => Environment.UserName == "root";

    private static void Try(string[] prefix, string containment, string name, Guard guard)
    {
        Escape escape = Take(name);
        foreach ((string program, string package) in escape.Needs)
        {
            _ = Tool(program, package);
        }

        if (escape.NeedsFreezer && !Directory.Exists("/sys/fs/cgroup/freezer"))
        {
            Assert.Inconclusive("the freezer of version 1 is not mounted");
        }

        s_troupe.Value.Try(prefix, containment, escape, guard).Verify(escape, guard, containment.Length > 0 ? containment : "bare");
    }

    private static void AsRoot()
    {
        if (!IsRoot)
        {
            Assert.Inconclusive("needs root");
        }
    }

    private static string Tool(string program, string package)
    {
        string path = InnerEnvironment.Find(program);
        if (path.Length == 0)
        {
            Assert.Inconclusive($"needs {program}: apt-get install {package}");
        }

        return path;
    }

    private static Escape Take(string name) => EscapeTable.All.Single(escape => escape.Name == name);

    private static IEnumerable<object[]> Rows(Func<Escape, bool> where) =>
        from guard in Enum.GetValues<Guard>()
        from escape in EscapeTable.All
        where @where(escape)
        select new object[] { escape.Name, guard };
}
