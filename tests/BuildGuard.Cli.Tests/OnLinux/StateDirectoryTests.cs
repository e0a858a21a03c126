using BuildGuard.Diagnostics;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Tests.OnLinux;

[TestClass]
public sealed class StateDirectoryTests
{
    [TestMethod]
    [DataRow("/a/b", "/a/b")]
    [DataRow("/a/b/", "/a/b")]
    [DataRow("/a/../b", "/b")]
    public void A_named_directory_is_taken_as_an_absolute_one(string named, string path) => Assert.AreEqual(path, Choose(named));

    /// <summary>A relative name would be another queue in every working directory.</summary>
    [TestMethod]
    [DataRow("/")]
    [DataRow("state")]
    [DataRow("./state")]
    [DataRow("../state")]
    public void The_root_and_relative_names_are_refused(string named) =>
        Assert.AreEqual("BG0003", Assert.ThrowsExactly<GuardException>(() => Choose(named)).Problem.Code);

    [TestMethod]
    public void The_default_is_in_the_home_of_the_password_database_or_in_var_tmp()
    {
        string chosen = Choose(null);
        StringAssert.Matches(chosen, new("^(/.+/.local/state/buildguard|/var/tmp/buildguard-[0-9]+)$"));
        Assert.AreEqual(chosen, Choose(""));
    }

    /// <summary>A shell, cron, an IDE and a CI agent differ in just these; the state must be one.</summary>
    [TestMethod]
    public void No_variable_but_its_own_moves_it()
    {
        using var sandbox = new Sandbox();
        (string, string)[][] worlds =
        [
            [],
            [("HOME", sandbox.Work), ("XDG_STATE_HOME", sandbox.Work), ("XDG_RUNTIME_DIR", sandbox.Work), ("TMPDIR", sandbox.Work), ("USER", "nobody"), ("LOGNAME", "nobody")],
        ];
        string[] chosen = [.. worlds.Select(world =>
            sandbox.Run([.. world, ("BUILDGUARD_STATE_DIR", "")], "status", "--json").Json.GetProperty("stateDir").GetString()!)];
        Assert.AreEqual(chosen[0], chosen[1]);
        Assert.AreEqual(Choose(null), chosen[0]);
    }

    private static string Choose(string? named) => StateDirectory.Choose(name => name == StateDirectory.Variable ? named : null);
}
