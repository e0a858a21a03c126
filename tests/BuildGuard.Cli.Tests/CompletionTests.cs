using System.Diagnostics;

namespace BuildGuard.Cli.Tests;

/// <summary>What bash completes, asked as bash asks.</summary>
[TestClass]
public sealed class CompletionTests
{
    [TestMethod]
    [DataRow("buildguard sta", "status")]
    [DataRow("buildguard hooks ", "--help -h install remove status")]
    [DataRow("buildguard hooks install --js", "--json")]
    [DataRow("buildguard run --mem", "--memory")]
    [DataRow("buildguard schedule install --kind c", "cron")]
    [DataRow("buildguard init --ci git", "github gitlab")]
    [DataRow("buildguard run -- sta", "")]
    [DataRow("buildguard nothing-of-that-kind", "")]
    public void Bash_completes(string line, string expected)
    {
        using var sandbox = new Sandbox();
        string bin = Path.Combine(sandbox.Root, "bin");
        GitSandbox.WriteProgram(Path.Combine(bin, "buildguard"), $"#!/bin/sh\nexec {string.Join(' ', Helper.Program)} \"$@\"\n");
        var start = new ProcessStartInfo("bash", ["--norc", "-c", """
            eval "$(buildguard completion bash)"
            complete -p buildguard | grep -q ' -F _buildguard ' || exit 1
            COMP_LINE=$1 COMP_POINT=${#1}
            read -ra COMP_WORDS <<< "$1"
            case $1 in *' ') COMP_WORDS+=("") ;; esac
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _buildguard
            echo "${COMPREPLY[*]}"
            """, "bash", line]) { RedirectStandardOutput = true };
        Helper.PutInto(sandbox, start);
        start.Environment["PATH"] = bin + ":" + start.Environment["PATH"];
        using Process bash = Process.Start(start)!;
        string said = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        Assert.AreEqual(0, bash.ExitCode);
        Assert.AreEqual(expected, string.Join(' ', said.Trim().Split(' ').Order(StringComparer.Ordinal)));
    }

    [TestMethod]
    [DataRow("buildguard sta", "status")]
    [DataRow("buildguard reap --i", "--idle")]
    [DataRow("buildguard schedule install --kind c", "cron")]
    [DataRow("buildguard nothing-of-that-kind", "")]
    public void Fish_completes(string line, string expected)
    {
        using var sandbox = new Sandbox();
        string bin = Path.Combine(sandbox.Root, "bin");
        GitSandbox.WriteProgram(Path.Combine(bin, "buildguard"), $"#!/bin/sh\nexec {string.Join(' ', Helper.Program)} \"$@\"\n");
        Result fish = OutputTests.Shell(sandbox, $"""
            command -v fish >/dev/null || exit 96
            export HOME=$PWD XDG_CONFIG_HOME=$PWD XDG_DATA_HOME=$PWD PATH={bin}:$PATH
            exec fish -c 'buildguard completion fish | source; complete -C "{line}"'
            """);
        if (fish.ExitCode == 96)
        {
            Assert.Inconclusive("fish is not installed (Debian: apt-get install fish)");
        }

        Assert.AreEqual(expected, fish.Output.Trim(), fish.Error);
    }
}
