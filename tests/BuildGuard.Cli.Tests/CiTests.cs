using System.Text;
using System.Text.RegularExpressions;
using BuildGuard.Cli.Ci;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Tests;

/// <summary>Who runs a build is found out, and is told what matters in the form that it shows beside the build.</summary>
[TestClass]
public sealed partial class CiTests
{
    private static readonly (string, string) Fit = ("BUILDGUARD_PREFLIGHT", "off");

    [TestMethod]
    [DataRow("GITHUB_ACTIONS", "true", "::group::buildguard: sh ended with 0 after ")]
    [DataRow("TF_BUILD", "True", "##[group]buildguard: sh ended with 0 after ")]
    [DataRow("GITLAB_CI", "true", "[collapsed=true]\r\u001b[0Kbuildguard: sh ended with 0 after ")]
    [DataRow("CI", "1", "buildguard: sh ended with 0 after ")]
    public void A_build_service_is_known_by_its_variable_and_gets_the_figures_in_its_form(string name, string value, string start)
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run([Fit, (name, value)], "run", "--", "sh", "-c", "printf 'out %% ##vso[x]y'; printf 'err' >&2");
        Assert.AreEqual(0, result.ExitCode, result.Error);
        Assert.AreEqual("out % ##vso[x]y", result.Output);
        StringAssert.StartsWith(result.Error, "err\n");
        StringAssert.Contains(result.Error, start);
        StringAssert.Matches(result.Error, name == "CI" ? OneLine() : Figures());
    }

    [TestMethod]
    public void Nothing_of_it_is_said_elsewhere_and_where_it_is_switched_off()
    {
        using var sandbox = new Sandbox();
        Assert.AreEqual("", sandbox.Run([Fit], "run", "--", "true").Error);
        Assert.AreEqual("", sandbox.Run([Fit, ("CI", "false")], "run", "--", "true").Error);
        Assert.AreEqual("", sandbox.Run([Fit, ("GITHUB_ACTIONS", "true"), ("BUILDGUARD_CI", "off")], "run", "--", "true").Error);
        Assert.AreEqual("", sandbox.Run([Fit, ("GITHUB_ACTIONS", "true")], "run", "--ci", "off", "--", "true").Error);
        Assert.AreEqual("", sandbox.Run([Fit, ("GITHUB_ACTIONS", "true")], "run", "--quiet", "--", "true").Error);

        // Inside another run the figures are that one's.
        Result nested = sandbox.Run([Fit, ("GITHUB_ACTIONS", "true")], [.. (string[])["run", "--label", "outer", "--"], .. Helper.Program, .. (string[])["run", "--label", "inner", "--", "true"]]);
        StringAssert.Contains(nested.Error, "outer ended with 0");
        Assert.DoesNotContain("inner ended with", nested.Error);
    }

    [TestMethod]
    [DataRow("github", "\n::error title=BuildGuard::BG3003: ")]
    [DataRow("azure", "\n##vso[task.logissue type=error;code=BG3003]BG3003: ")]
    [DataRow("gitlab", "\nbuildguard: error BG3003: ")]
    public void A_limit_is_shown_beside_the_build_also_where_the_command_left_a_line_unfinished(string service, string start)
    {
        using var sandbox = new Sandbox();
        Result result = sandbox.Run([Fit], "run", "--ci", service, "--timeout", "500ms", "--", "sh", "-c", "printf .... >&2; exec sleep 60");
        Assert.AreEqual(124, result.ExitCode, result.Error);
        StringAssert.StartsWith(result.Error, "...." + start);
        Assert.HasCount(2, result.Error.Split("BG3003: "), result.Error);
        StringAssert.Contains(result.Error, "sh ended with 124 (timeout) after ");
    }

    [TestMethod]
    public void A_wait_is_folded_and_ends_before_the_command_starts()
    {
        using var sandbox = new Sandbox();
        using Helper holder = sandbox.Start([Fit], "run", "--", "sh", "-c", "echo held; read -r line; exit 0");
        Assert.AreEqual("held", holder.ReadLine());
        using Helper waiter = sandbox.Start([Fit, ("GITHUB_ACTIONS", "true")], "run", "--", "sh", "-c", "echo started >&2");
        waiter.AwaitError("::group::buildguard: BG1001: waiting for the turn at position 1: ");
        holder.CloseInput();
        Assert.AreEqual(0, holder.WaitForEnd().ExitCode);
        string said = waiter.WaitForEnd().Error;
        int[] order = [said.IndexOf("::group::buildguard: BG1001", StringComparison.Ordinal), said.IndexOf("::endgroup::\nstarted\n", StringComparison.Ordinal), said.IndexOf("::group::buildguard: sh ended with 0", StringComparison.Ordinal)];
        Assert.IsTrue(order[0] == 0 && order[1] > 0 && order[2] > order[1], said);
        Assert.HasCount(3, said.Split("::endgroup::"), said);
    }

    [TestMethod]
    public void What_refuses_a_machine_is_shown_beside_the_build()
    {
        using var sandbox = new Sandbox();
        Result check = sandbox.Run([("GITHUB_ACTIONS", "true"), ("BUILDGUARD_MAX_LOAD", "none")], "check", "--min-free-memory", "900000G");
        Assert.AreEqual(75, check.ExitCode);
        StringAssert.StartsWith(check.ErrorLine, "::error title=BuildGuard::BG2001: ");
        StringAssert.StartsWith(check.Output, "not fit\n");
        Assert.DoesNotContain("BG2001", check.Output);

        Result run = sandbox.Run([("TF_BUILD", "True"), ("BUILDGUARD_MAX_LOAD", "none")], "run", "--preflight", "error", "--min-free-memory", "900000G", "--", "true");
        Assert.AreEqual(75, run.ExitCode);
        StringAssert.StartsWith(run.Error, "##vso[task.logissue type=error;code=BG2001]BG2001: ");
        StringAssert.Contains(run.Error, "##[group]buildguard: true ended with 75 (refused)");

        Result usage = sandbox.Run([("GITHUB_ACTIONS", "true")], "run", "--bogus", "--", "true");
        Assert.AreEqual(125, usage.ExitCode);
        StringAssert.StartsWith(usage.ErrorLine, "::error title=BuildGuard::BG");
    }

    [TestMethod]
    public void A_service_that_is_none_is_refused()
    {
        using var sandbox = new Sandbox();
        Result option = sandbox.Run("run", "--ci", "jenkins", "--", "true");
        Assert.AreEqual(125, option.ExitCode);
        StringAssert.Contains(option.ErrorLine, "BG0003: CI='jenkins' (--ci) cannot be understood: expected auto, off, github, azure, gitlab or plain");
        Result variable = sandbox.Run([("BUILDGUARD_CI", "x"), ("GITHUB_ACTIONS", "true")], "run", "--", "true");
        StringAssert.Contains(variable.ErrorLine, "CI='x' (BUILDGUARD_CI)");
    }

    [TestMethod]
    public void What_others_named_is_no_command_to_the_service()
    {
        const string Text = "80 % of ##vso[task.setvariable variable=x]y\r\n::stop-commands::z ##[add-mask]q";
        string github = Say(new CiFormat.GitHub(), Text);
        StringAssert.StartsWith(github, "::error title=BuildGuard::BG9999: 80 %25 of ##vso[task.setvariable variable=x]y  ::stop-commands::z");
        Assert.HasCount(2, github.Split('\n'));
        string azure = Say(new CiFormat.Azure(), Text);
        StringAssert.StartsWith(azure, "##vso[task.logissue type=error;code=BG9999]BG9999: 80 %AZP25 of ##vso[task.setvariable variable=x]y  ::stop-commands::z ");
        Assert.HasCount(2, azure.Split('\n'));

        // A line that is read, not obeyed.
        Assert.AreEqual("##[group]a ## vso[task.x]b", new CiFormat.Azure().Open("a ##vso[task.x]b"));
        Assert.AreEqual("a ## [add-mask]b", new CiFormat.GitHub().Plain("a ##[add-mask]b"));
    }

    private static string Say(CiFormat format, string text)
    {
        var writer = new Lines();
        new CiLog(writer, format, isWaiting: true).Say(new GuardMessage(MessageLevel.Error, "BG9999", text));
        return writer.Text.ToString();
    }

    [GeneratedRegex(@"^err\nbuildguard: sh ended with 0 after [0-9a-z]+, peak [0-9.]+[KMG]\n$")]
    private static partial Regex OneLine();

    [GeneratedRegex(@"\n  command     sh -c .*\n  lease       user/.*\n  ended       exited, exit code 0\n  waited      .*\n  ran         .*\n  CPU         .*\n  memory      peak [0-9.]+[KMG], limit .*\n  processes   peak \d+, limit 20\n  containment \w+\n  orphans     none\n[^\n]*(endgroup|section_end)[^\n]*\n$")]
    private static partial Regex Figures();

    private sealed class Lines : ILineWriter
    {
        public StringBuilder Text { get; } = new();

        public void Write(ReadOnlySpan<byte> line) => Text.Append(Encoding.UTF8.GetString(line));
    }
}
