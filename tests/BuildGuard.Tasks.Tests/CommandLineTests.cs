using System.Diagnostics;
using BuildGuard.Tasks.Helper;
using CsCheck;

namespace BuildGuard.Tasks;

[TestClass]
public sealed class CommandLineTests
{
    [TestMethod]
    [DataRow(new[] { "a" }, "a")]
    [DataRow(new[] { "a b", "" }, "\"a b\" \"\"")]
    [DataRow(new[] { "a\"b" }, "\"a\\\"b\"")]
    [DataRow(new[] { "a\\", "b c\\" }, "a\\ \"b c\\\\\"")]
    public void QuotesWhatMustBe(string[] arguments, string expected) => Assert.AreEqual(expected, CommandLine.Join(arguments));

    [TestMethod]
    public void AnyArgumentArrivesAsItWasGiven()
    {
        // Only what a process can be started with, and no line feed, which the echo of arguments ends lines with.
        var texts = Gen.String[Gen.Char[" \"\\'$*;%aä\t"], 0, 8].Array[1, 20];
        texts.Sample(arguments => CollectionAssert.AreEqual(arguments, Echo(arguments)), iter: 20);
    }

    [TestMethod]
    [DataRow("", new string[0])]
    [DataRow("  a\t b ", new[] { "a", "b" })]
    [DataRow("-c \". /tmp/x.exec.cmd\"", new[] { "-c", ". /tmp/x.exec.cmd" })]
    [DataRow("a\"b c\"d", new[] { "ab cd" })]
    [DataRow("\"\"", new[] { "" })]
    [DataRow("\"a\"\"b\"", new[] { "a\"b" })]
    [DataRow("a\"\"b", new[] { "ab" })]
    [DataRow("\\\\\"a b\"", new[] { "\\a b" })]
    [DataRow("\"open", new[] { "open" })]
    [DataRow("end\\", new[] { "end\\" })]
    public void SplitsAsItIsQuoted(string text, string[] expected) => CollectionAssert.AreEqual(expected, CommandLine.Split(text).ToArray());

    [TestMethod]
    public void WhatWasJoinedIsSplitIntoTheSame() =>
        Gen.String[Gen.Char[" \"\\'$*;%aä\t\n\v"], 0, 8].Array[0, 20].Sample(arguments => CollectionAssert.AreEqual(arguments, CommandLine.Split(CommandLine.Join(arguments)).ToArray()));

    /// <summary>Also what nobody has quoted well.</summary>
    [TestMethod]
    public void AnyTextIsSplitAsAProcessIsStarted() => Gen.String[Gen.Char[" \"\\a\t"], 1, 12].Sample(
        text => CollectionAssert.AreEqual(Started(text), CommandLine.Split(text).ToArray()),
        iter: 100);

    private static string[] Started(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", "-c \"printf '%s\\n' \\\"$@\\\"; echo\" sh end " + arguments) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return lines[1..^2];
    }

    private static string[] Echo(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", CommandLine.Join(["-c", "printf '%s\\n' \"$@\"", "sh", .. arguments]))
        {
            RedirectStandardOutput = true,
        })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return lines[..^1];
    }
}
