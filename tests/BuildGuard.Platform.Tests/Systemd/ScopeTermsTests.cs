using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Platform.Linux.Systemd;

namespace BuildGuard.Platform.Tests.Systemd;

[TestClass]
public sealed class ScopeTermsTests
{
    private const string UserManager = "/user.slice/user-1000.slice/user@1000.service";

    [TestMethod]
    [DataRow("/user.slice/user-1000.slice/session-1.scope", null, null, null, "/user.slice/user-1000.slice", DisplayName = "login")]
    [DataRow(UserManager + "/app.slice/terminal.slice/tab.scope", "terminal.slice", null, null, UserManager + "/app.slice/terminal.slice", DisplayName = "desktop")]
    [DataRow(UserManager + "/app.slice/ci.service/inner", "app.slice", "ci.service", null, UserManager + "/app.slice", DisplayName = "user service")]
    [DataRow("/system.slice/ci.service", null, null, "ci.service", "", DisplayName = "system service")]
    [DataRow("/user.slice/user-0.slice/session-1.scope", null, null, null, "/user.slice", DisplayName = "another user's login")]
    public void AUserKeepsWhatTheGroupHad(string own, string? slice, string? service, string? foreign, string common) =>
        Check(ScopeTerms.Of(own, UserManager), slice, service, foreign, common);

    [TestMethod]
    [DataRow("/", null, null, "", DisplayName = "root group")]
    [DataRow("/init.scope", null, null, "", DisplayName = "without slice")]
    [DataRow("/user.slice/user-0.slice/session-1.scope", "user-0.slice", null, "/user.slice/user-0.slice", DisplayName = "login")]
    [DataRow("/system.slice/ci.service", "system.slice", "ci.service", "/system.slice", DisplayName = "service")]
    [DataRow("/user.slice/user-0.slice/user@0.service/app.slice/x.scope", "user-0.slice", "user@0.service", "/user.slice/user-0.slice", DisplayName = "root's own manager")]
    public void RootKeepsWhatTheGroupHad(string own, string? slice, string? service, string common) =>
        Check(ScopeTerms.Of(own, ""), slice, service, null, common);

    [TestMethod]
    public void TheSmallestLimitOfTheGroupsThatAreLeftGoesAlong()
    {
        string root = Directory.CreateTempSubdirectory("buildguard-test-").FullName;
        try
        {
            Limit(root, "/a.slice", "memory.max", "1");
            Limit(root, "/a.slice/b.scope", "memory.max", "3000000000");
            Limit(root, "/a.slice/b.scope", "pids.max", "max");
            Limit(root, "/a.slice/b.scope/c", "memory.max", "2000000000");
            Limit(root, "/a.slice/b.scope/c", "memory.swap.max", "0");
            var mount = new CgroupMount(true, "", "/", root);

            ScopeTerms terms = ScopeTerms.Of("/a.slice/b.scope/c", "").WithLimits(mount, "/a.slice/b.scope/c");

            Assert.AreEqual((2000000000L, 0L, (long?)null), (terms.MemoryMax, terms.SwapMax, terms.TasksMax));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Check(ScopeTerms terms, string? slice, string? service, string? foreign, string common) =>
        Assert.AreEqual((slice, service, foreign, common), (terms.Slice, terms.Service, terms.ForeignService, terms.Common));

    private static void Limit(string root, string group, string file, string value)
    {
        Directory.CreateDirectory(root + group);
        File.WriteAllText($"{root}{group}/{file}", value);
    }
}
