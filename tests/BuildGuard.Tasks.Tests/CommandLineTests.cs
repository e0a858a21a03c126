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
