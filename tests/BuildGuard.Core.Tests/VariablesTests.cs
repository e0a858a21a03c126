using BuildGuard.Diagnostics;
using BuildGuard.Settings;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class VariablesTests
{
    [TestMethod]
    [DataRow("BUILDGUARD_MEMROY", "did you mean 'BUILDGUARD_MAX_MEMORY'?")]
    [DataRow("BUILDGUARD_MAX_MEMROY", "did you mean 'BUILDGUARD_MAX_MEMORY'?")]
    [DataRow("BUILDGUARD_SLOT", "did you mean 'BUILDGUARD_SLOTS'?")]
    [DataRow("BUILDGUARD_DISABLED", "did you mean 'BUILDGUARD_DISABLE'?")]
    [DataRow("BUILDGUARD_STATEDIR", "did you mean 'BUILDGUARD_STATE_DIR'?")]
    [DataRow("BUILDGUARD_PRE_FLIGHT", "did you mean 'BUILDGUARD_PREFLIGHT'?")]
    [DataRow("BUILDGUARD_HOLD", "only the MSBuild property BuildGuardHold sets that")]
    [DataRow("BUILDGUARD_HELPER_PATH", "only the MSBuild property BuildGuardHelperPath sets that")]
    [DataRow("BUILDGUARD_SOMETHING_ELSE", "unset it")]
    [DataRow("BUILDGUARD_", "unset it")]
    public void What_means_nothing_is_said_with_what_was_meant(string name, string hint)
    {
        GuardMessage message = Variables.Complaints([name], MessageLevel.Warning).Single();
        Assert.AreEqual("BG0015", message.Code);
        Assert.AreEqual($"there is no setting for the environment variable {name}, so it changes nothing; {hint}", message.Text);
    }

    [TestMethod]
    public void What_is_known_is_not_mentioned() =>
        Assert.IsEmpty(Variables.Complaints(
            [.. SettingNames.All.Select(s => s.EnvironmentVariable()), "BUILDGUARD_STATE_DIR", "BUILDGUARD_LEASE", "BUILDGUARD_DISABLE", "BUILDGUARD_CONTAINMENT", "BUILDGUARD_CI"],
            MessageLevel.Warning));
}
