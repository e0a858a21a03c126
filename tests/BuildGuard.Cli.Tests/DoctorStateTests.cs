using System.Text.Json;

namespace BuildGuard.Cli.Tests;

/// <summary>What <c>doctor</c> finds wrong with the state directory, the locks and the audit trail in it.</summary>
[TestClass]
public sealed class DoctorStateTests
{
    /// <summary>Nobody gets the turn there.</summary>
    [TestMethod]
    [DataRow("locks/user/mutex", false, "BG0011", "/locks/user/mutex' cannot be opened: Is a directory; remove what stands in its place")]
    [DataRow("locks/user", true, "BG0010", "/locks/user' is not trusted: it is a link or no directory; remove it")]
    public void What_stands_in_the_place_of_a_lock_is_a_finding(string part, bool isFile, string code, string expected)
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        string path = Path.Combine(sandbox.State, part);
        if (isFile)
        {
            Directory.Delete(path, recursive: true);
            File.WriteAllText(path, "garbage");
        }
        else
        {
            File.Delete(path);
            Directory.CreateDirectory(path);
        }

        Result result = sandbox.Run("doctor", "--json");
        Assert.AreEqual(1, result.ExitCode, result.Error);
        JsonElement finding = result.Json.GetProperty("findings").EnumerateArray().Single(one => one.GetProperty("code").GetString() == code);
        StringAssert.Contains(finding.GetProperty("text").GetString(), expected);
        StringAssert.Contains(sandbox.Run("doctor").Output, "\n  not looked at: see the findings\n");
    }

    /// <summary>Who may write there could take the turn, or have processes ended; who may only look is told of.</summary>
    [TestMethod]
    [DataRow("755", true)]
    [DataRow("750", true)]
    [DataRow("711", true)]
    [DataRow("704", true)]
    [DataRow("720", false)]
    [DataRow("702", false)]
    [DataRow("775", false)]
    [DataRow("1777", false)]
    public void A_state_directory_that_is_open_to_others_is_a_finding_and_used_only_if_they_cannot_write(string mode, bool isUsed)
    {
        using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.State);
        File.SetUnixFileMode(sandbox.State, (UnixFileMode)Convert.ToInt32(mode, 8));

        Result run = sandbox.Run("run", "--preflight", "off", "--", "touch", "ran");
        Assert.AreEqual(isUsed ? 0 : 125, run.ExitCode, run.Error);
        Assert.AreEqual(isUsed, File.Exists(Path.Combine(sandbox.Work, "ran")));
        Result doctor = sandbox.Run("doctor");
        Assert.AreEqual(1, doctor.ExitCode);
        if (!isUsed)
        {
            StringAssert.StartsWith(run.ErrorLine, $"buildguard: error BG0010: the state directory '{sandbox.State}' is not trusted: others may write to it (mode {mode}); run: chmod 700 '{sandbox.State}'");
            StringAssert.Contains(doctor.Output, "BG0010: ");
            Assert.DoesNotContain("BG0019", doctor.Output);
            return;
        }

        StringAssert.Contains(doctor.Output, $"BG0019: others may look into the state directory {sandbox.State} (mode {mode}); what the guard makes in it is closed to them. Remedy: chmod 700 '{sandbox.State}'");
        foreach (string path in Directory.EnumerateFileSystemEntries(sandbox.State, "*", SearchOption.AllDirectories))
        {
            Assert.AreEqual((UnixFileMode)0, File.GetUnixFileMode(path) & (UnixFileMode)0x3F, path);
        }

        File.SetUnixFileMode(sandbox.State, (UnixFileMode)0x1C0);
        Assert.DoesNotContain("BG0019", sandbox.Run("doctor").Output);
    }

    [TestMethod]
    [DataRow("open", "BG0010", "others may write to it")]
    [DataRow("link", "BG0010", "it is a link")]
    [DataRow("file", "BG0010", "no directory")]
    [DataRow("below a file", "BG0011", "cannot be made")]
    public void A_state_directory_that_cannot_be_used_is_a_finding(string state, string code, string reason)
    {
        using var sandbox = new Sandbox();
        string path = sandbox.State;
        switch (state)
        {
            case "open":
                Directory.CreateDirectory(path);
                File.SetUnixFileMode(path, (UnixFileMode)0x1FF);
                break;
            case "link":
                File.CreateSymbolicLink(path, sandbox.Work);
                break;
            case "file":
                File.WriteAllText(path, "");
                break;
            default:
                File.WriteAllText(path, "");
                path += "/below";
                break;
        }

        Result result = sandbox.Run([("BUILDGUARD_STATE_DIR", path)], "doctor", "--json");
        Assert.AreEqual(1, result.ExitCode, result.Error);
        JsonElement finding = result.Json.GetProperty("findings").EnumerateArray().First(f => f.GetProperty("code").GetString() == code);
        StringAssert.Contains(finding.GetProperty("text").GetString(), reason);

        Result run = sandbox.Run([("BUILDGUARD_STATE_DIR", path)], "run", "--preflight", "off", "--", "touch", "ran");
        Assert.AreEqual(125, run.ExitCode);
        StringAssert.StartsWith(run.ErrorLine, $"buildguard: error {code}: ");
        Assert.IsFalse(File.Exists(Path.Combine(sandbox.Work, "ran")));
    }

    [TestMethod]
    [DataRow("chmod 500 audit", "Permission denied")]
    [DataRow("chmod 400 audit/audit.jsonl", "Permission denied")]
    [DataRow("rm -r audit; touch audit", "Not a directory")]
    [DataRow("rm audit/audit.jsonl; mkdir audit/audit.jsonl", "Is a directory")]
    [DataRow("rm audit/audit.jsonl; ln -s /dev/null audit/audit.jsonl", "Too many levels of symbolic links")]
    [DataRow("rm audit/audit.jsonl; mkfifo audit/audit.jsonl", "it is no plain file")]
    public void An_audit_trail_that_cannot_be_written_is_a_finding(string damage, string reason)
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--preflight", "off", "--", "true");
        if (damage == "chmod 500 audit")
        {
            File.Delete(sandbox.AuditFile);
        }

        Result result = OutputTests.Shell(sandbox, $"(cd \"$BUILDGUARD_STATE_DIR\"; {damage}); {OnLinux.UnreadableStateTests.AsUser}doctor --json");
        Assert.AreEqual(1, result.ExitCode, result.Error);
        JsonElement finding = result.Json.GetProperty("findings").EnumerateArray().Single(f => f.GetProperty("code").GetString() == "BG0012");
        StringAssert.Contains(
            finding.GetProperty("text").GetString(),
            $"the audit trail {sandbox.AuditFile} cannot be written: {reason}. What is done is not recorded; the guard itself goes on. Free space there, make it writable");
    }
}
