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
    [DataRow("buildguard schedule install --kind=c", "--kind=cron")]
    [DataRow("buildguard env --format=ba", "--format=bash")]
    [DataRow("buildguard run --preflight ", "error off wait warn")]
    [DataRow("buildguard run --lock=m", "--lock=machine")]
    [DataRow("buildguard queue --lock u", "user")]
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

    /// <summary>Bash itself takes an equals sign for the end of a word, unless it is told not to.</summary>
    [TestMethod]
    [DataRow("--kind = c", "cron")]
    [DataRow("--kind =", "cron launchd systemd taskscheduler")]
    public void Bash_completes_behind_an_equals_sign_that_ends_a_word(string words, string expected)
    {
        using var sandbox = new Sandbox();
        string bin = Path.Combine(sandbox.Root, "bin");
        GitSandbox.WriteProgram(Path.Combine(bin, "buildguard"), $"#!/bin/sh\nexec {string.Join(' ', Helper.Program)} \"$@\"\n");
        Result bash = OutputTests.Shell(sandbox, $"""
            export PATH={bin}:$PATH
            exec bash --norc -c 'eval "$(buildguard completion bash)"
            COMP_WORDS=(buildguard schedule install {words}) COMP_LINE="buildguard schedule install {words.Replace(" ", "", StringComparison.Ordinal)}"
            COMP_POINT=${'{'}#COMP_LINE{'}'} COMP_CWORD=$((${'{'}#COMP_WORDS[@]{'}'} - 1))
            _buildguard
            echo "${'{'}COMPREPLY[*]{'}'}"'
            """);
        Assert.AreEqual(expected, string.Join(' ', bash.Output.Trim().Split(' ').Order(StringComparer.Ordinal)), bash.Error);
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

    /// <summary>
    /// zsh completes only where it has a terminal, so it gets one of its own (zsh/zpty) and types into it. The key that lists
    /// what fits stands for a second Tab.
    /// </summary>
    [TestMethod]
    [DataRow("buildguard sta", "status")]
    [DataRow("buildguard reap --i", "--idle")]
    [DataRow("buildguard schedule install --kind c", "cron")]
    [DataRow("buildguard nothing-of-that-kind", "")]
    public void Zsh_completes(string line, string expected)
    {
        using var sandbox = new Sandbox();
        string bin = Path.Combine(sandbox.Root, "bin");
        GitSandbox.WriteProgram(Path.Combine(bin, "buildguard"), $"#!/bin/sh\nexec {string.Join(' ', Helper.Program)} \"$@\"\n");
        GitSandbox.WriteProgram(Path.Combine(bin, "ask.zsh"), """
            zmodload zsh/zpty
            zpty inner TERM=dumb zsh -f -i
            # What is completed is written as a line of its own, so that nothing depends on how a terminal is drawn.
            zpty -w inner 'PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; eval "$(buildguard completion zsh)"'
            zpty -w inner 'show() { print -r -- "<<$BUFFER>>"; BUFFER=; zle .accept-line }; zle -N show; bindkey "^X" show; print rea""dy'
            zpty -r inner seen '*ready*' || exit 1
            zpty -w -n inner "$1"$'\t\x18'
            zpty -r inner seen '*<<*>>*' || exit 1
            seen=${seen##*<<}
            print -r -- "${seen%%>>*}"
            zpty -d inner
            """);
        Result zsh = OutputTests.Shell(sandbox, $"""
            command -v zsh >/dev/null || exit 96
            export HOME=$PWD ZDOTDIR=$PWD PATH={bin}:$PATH
            exec timeout 60 zsh -f {bin}/ask.zsh '{line}'
            """);
        if (zsh.ExitCode == 96)
        {
            Assert.Inconclusive("zsh is not installed (Debian: apt-get install zsh)");
        }

        string whole = expected.Length > 0 ? line[..(line.LastIndexOf(' ') + 1)] + expected : line;
        Assert.AreEqual(whole, zsh.Output.Trim(), zsh.Error);
    }

    [TestMethod]
    public void PowerShell_completes()
    {
        using var sandbox = new Sandbox();
        string bin = Path.Combine(sandbox.Root, "bin");
        GitSandbox.WriteProgram(Path.Combine(bin, "buildguard"), $"#!/bin/sh\nexec {string.Join(' ', Helper.Program)} \"$@\"\n");
        GitSandbox.WriteProgram(Path.Combine(bin, "ask.ps1"), """
            buildguard completion pwsh | Out-String | Invoke-Expression
            foreach ($line in $args) {
                $found = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches
                "[$(($found | ForEach-Object CompletionText) -join ' ')]"
            }
            """);
        Result said = PowerShell.Run(sandbox, $"export PATH={bin}:$PATH", $"{bin}/ask.ps1 'buildguard sta' 'buildguard reap --i' 'buildguard schedule install --kind c' 'buildguard nothing-of-that-kind'");
        Assert.AreEqual("[status]\n[--idle]\n[cron]\n[]\n", said.Output, said.Error);
    }
}
