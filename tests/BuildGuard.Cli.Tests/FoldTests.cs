using System.Diagnostics;
using System.Text;
using BuildGuard.Cli.Output;

namespace BuildGuard.Cli.Tests;

/// <summary>Lines for people are broken at words on a terminal, and nowhere else.</summary>
[TestClass]
public sealed class FoldTests
{
    [TestMethod]
    [DataRow("a line that fits", 16, "a line that fits")]
    [DataRow("one two three four five", 16, "one two three\n  four five")]
    [DataRow("  one two three four five", 20, "  one two three four\n    five")]
    [DataRow("no width is known here", 0, "no width is known here")]
    [DataRow("nothing is gained there", 15, "nothing is gained there")]
    [DataRow("with  columns    of words", 20, "with  columns    of\n  words")]
    [DataRow("gaps   are\u00a0of columns     that    are     no more", 24, "gaps   are\u00a0of columns\n  that  are  no more")]
    [DataRow("it is said with 'buildguard reap'.", 24, "it is said with\n  'buildguard reap'.")]
    [DataRow("('buildguard reap --idle 10m' ends those)", 20, "('buildguard reap\n  --idle 10m' ends\n  those)")]
    [DataRow("the user's own 'word, open", 16, "the user's own\n  'word, open")]
    [DataRow("in /a/path/that/fits/it by itself", 20, "in\n/a/path/that/fits/it\n  by itself")]
    [DataRow("in /a/path/that/is/too/long/for/it and on", 20, "in\n/a/path/that/is/too/long/for/it and on")]
    [DataRow("漢字漢字 漢字漢字 漢字", 20, "漢字漢字 漢字漢字\n  漢字")]
    [DataRow("e\u0301e\u0301e\u0301e\u0301 e\u0301e\u0301e\u0301e\u0301 abcdef", 16, "e\u0301e\u0301e\u0301e\u0301 e\u0301e\u0301e\u0301e\u0301 abcdef")]
    [DataRow("\e[1mbold\e[0m and \e[31mred\e[0m words", 18, "\e[1mbold\e[0m and \e[31mred\e[0m words")]
    [DataRow("\e[1mbold\e[0m and \e[31mred\e[0m words", 17, "\e[1mbold\e[0m and \e[31mred\e[0m\n  words")]
    [DataRow("What now in which case? [y/N] ", 28, "What now in which case?\n  [y/N] ")]
    public void A_line_is_broken_at_words(string line, int columns, string expected) => Assert.AreEqual(expected, Fold.At(line, columns));

    [TestMethod]
    public void No_line_is_wider_than_the_terminal_and_no_word_is_lost()
    {
        const string Line = "    the quick 'brown fox' jumps (over) the lazy dog, 漢字 and 'so forth and so on' until nothing is left";
        for (int columns = 20; columns < 120; columns++)
        {
            string folded = Fold.At(Line, columns);
            Assert.IsTrue(folded.Split('\n').All(part => TextWidth.Of(part) <= columns), folded);
            Assert.AreEqual(Line.Trim(), string.Join(' ', folded.Split('\n').Select(part => part.Trim())));
        }
    }

    [TestMethod]
    public void What_does_not_fit_into_a_row_is_folded_beside_its_first_columns()
    {
        var text = new StringWriter();
        var table = new Table(1);
        table.Add("name", "1", "some words about it that take room");
        table.Add("\e[1mlonger\e[0m", "200", "a few");
        table.WriteTo(new FoldingWriter(text, () => 32), "  ");
        Assert.AreEqual("""
              name      1  some words about
                           it that take room
              \e[1mlonger\e[0m  200  a few

            """.Replace("\\e", "\e", StringComparison.Ordinal).ReplaceLineEndings("\n"), text.ToString());
    }

    [TestMethod]
    [DataRow("status")]
    [DataRow("doctor")]
    [DataRow("check --max-load 0.001 --min-free-memory 900G")]
    [DataRow("hooks status")]
    [DataRow("log")]
    [DataRow("run --preflight off -- sh -c 'sleep 99 & sleep 98 & sleep 97 &'")]
    [DataRow("init --dry-run")]
    [DataRow("monitor --once")]
    [DataRow("log --sinse 5m")]
    [DataRow("stop no/such-lease")]
    public void On_a_narrow_terminal_no_line_runs_over(string line)
    {
        using var sandbox = new Sandbox();
        sandbox.Run("run", "--label", "a label of several words, so that it would run over", "--preflight", "off", "--", "true");
        string[] lines = OnTerminal(sandbox, 50, $"$HELPER {line}").Split('\n');
        Assert.IsTrue(lines.Any(part => part.StartsWith("  ", StringComparison.Ordinal)), "nothing was folded");
        foreach (string part in lines)
        {
            // A path that is longer than a line stands there alone.
            Assert.IsTrue(TextWidth.OfColoured(part) <= 50 || !part.Trim().Contains(' ', StringComparison.Ordinal), part);
        }
    }

    /// <summary>A terminal that breaks a long word knows that it is one: it is copied whole, as a break or a space of ours would not be.</summary>
    [TestMethod]
    [DataRow(40)]
    [DataRow(80)]
    [DataRow(200)]
    public void A_path_and_a_link_stay_whole_however_narrow_the_terminal(int columns)
    {
        using var sandbox = new Sandbox();
        const string Path = "/nonexistent-directory/of/a/long/name/report.json", Link = "[https://github.com/buildguard/buildguard/blob/main/docs/messages.md#bg0013]";
        string[] lines = OnTerminal(sandbox, columns, $"$HELPER run --preflight off --report {Path} -- true").Split('\n');
        Assert.IsTrue(lines.Any(line => line.Contains($"'{Path}'", StringComparison.Ordinal)), string.Join('\n', lines));
        Assert.IsTrue(lines.Any(line => line.TrimStart() == Link || line.EndsWith(" " + Link, StringComparison.Ordinal)), string.Join('\n', lines));
        Assert.IsTrue(columns > 50 || lines.Contains(Link), "one that fits on no line has the whole of them");

        // What a program reads is as it was.
        string session = OnTerminal(sandbox, columns, "$HELPER session --preflight error --min-free-memory 900T --label build --build abc --owner-pid $$");
        StringAssert.Contains(session, "BG2001");
        Assert.IsTrue(session.Split('\n', StringSplitOptions.RemoveEmptyEntries).All(line => line.StartsWith('{') && line.EndsWith('}')), session);
    }

    [TestMethod]
    public void What_a_shell_reads_is_not_broken_and_comments_stay_comments()
    {
        using var sandbox = new Sandbox();
        string piped = sandbox.Run("env").Output;
        string shown = OnTerminal(sandbox, 40, "$HELPER env");
        CollectionAssert.AreEqual(Assignments(piped), Assignments(shown));
        Assert.IsTrue(shown.Split('\n').Where(part => !part.StartsWith("export ", StringComparison.Ordinal)).All(part => part.Length <= 40 && (part.Length == 0 || part.StartsWith("# ", StringComparison.Ordinal))), shown);
        Assert.AreEqual(sandbox.Run("completion", "bash").Output, OnTerminal(sandbox, 40, "$HELPER completion bash"));
        Assert.AreEqual(sandbox.Run("status", "--json").Output, OnTerminal(sandbox, 40, "$HELPER status --json"));
        Assert.AreEqual(sandbox.Run("status").Output, OnTerminal(sandbox, 40, "$HELPER status | cat"));
    }

    private static string[] Assignments(string text) => [.. text.Split('\n').Where(part => part.StartsWith("export ", StringComparison.Ordinal))];

    /// <summary>What a line of the shell shows on a terminal of that width, which script(1) makes.</summary>
    private static string OnTerminal(Sandbox sandbox, int columns, string line)
    {
        var start = new ProcessStartInfo("script", ["-qfc", $"stty cols {columns}; {line}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = sandbox.Work,
            StandardOutputEncoding = Encoding.UTF8,
        };
        Helper.PutInto(sandbox, start);
        start.Environment["HELPER"] = string.Join(' ', Helper.Program);
        start.Environment["TERM"] = "xterm";
        try
        {
            using Process script = Process.Start(start)!;
            string output = script.StandardOutput.ReadToEnd();
            script.WaitForExit();
            return output.Replace("\r\n", "\n", StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Inconclusive($"script(1) makes the terminal: {e.Message}");
            throw;
        }
    }
}
