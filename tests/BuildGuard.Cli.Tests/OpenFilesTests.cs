using System.Diagnostics;

namespace BuildGuard.Cli.Tests;

/// <summary>However few files the helper may open: what it promises holds, or nothing is run.</summary>
[TestClass]
public sealed class OpenFilesTests
{
    /// <summary>The runtime of a program that is not native cannot even start with fewer than this many.</summary>
    private static readonly int s_fewest = Helper.Program.Length == 1 ? 12 : 52;

    /// <summary>128 + SIGABRT: the runtime of a program that is not native gives up by itself; then the next one cleans up, as behind any killed one.</summary>
    private const int AbortedCode = 134;

    /// <summary>What the program opens itself differs by how it was built: the first limit with which all went well is the last one tried.</summary>
    [TestMethod]
    [DataRow("")]
    [DataRow("bare")]
    public void Nothing_is_left_and_no_limit_is_passed_over(string containment)
    {
        using var sandbox = new Sandbox();
        string left = $"1000.{Random.Shared.Next(100_000_000, 999_999_999)}";
        int files = s_fewest;
        for (int well = 0; well < 3; files++)
        {
            Assert.IsLessThan(500, files, "it never went well");
            (int code, string error) = Run(sandbox, files, containment, $"setsid sleep {left} & sleep 0.05; exit 3");
            Assert.IsEmpty(Alive(left), $"left with {files} open files, exit code {code}: {error}");
            (int many, string complaint) = Run(sandbox, files, containment, $"for i in 1 2 3 4 5 6 7 8; do sleep {left} & done; sleep 0.5; exit 3", "--processes", "4");
            Assert.IsEmpty(Alive(left), $"left with {files} open files, exit code {many}: {complaint}");
            Assert.AreNotEqual(3, many, $"8 processes passed a limit of 4 with {files} open files");
            well = code == 3 && many == 137 && complaint.Contains("BG3002", StringComparison.Ordinal) ? well + 1 : 0;
        }
    }

    private static (int Code, string Error) Run(Sandbox sandbox, int files, string containment, string script, params string[] options)
    {
        var start = new ProcessStartInfo("sh",
        [
            "-c", $"ulimit -n {files}; exec \"$@\"", "sh", .. Helper.Program, "run", "--preflight", "off", .. options, "--", "sh", "-c", script,
        ])
        {
            WorkingDirectory = sandbox.Work,
            RedirectStandardError = true,
        };
        Helper.PutInto(sandbox, start);
        if (containment.Length > 0)
        {
            start.Environment["BUILDGUARD_CONTAINMENT"] = containment;
        }

        using Process process = Process.Start(start)!;

        // Not to the end of what it says: what was left may hold that.
        Assert.IsTrue(process.WaitForExit(TimeSpan.FromSeconds(60)), "the program does not end");
        if (process.ExitCode == AbortedCode)
        {
            Assert.AreEqual(0, sandbox.Run("run", "--preflight", "off", "--", "true").ExitCode);
        }

        string error = Alive(script.Split("sleep ")[1].Split(' ')[0]).Length == 0 ? process.StandardError.ReadToEnd() : "";
        return (process.ExitCode, error);
    }

    private static string[] Alive(string text) => [.. Directory.GetDirectories("/proc").Where(directory => IsOf(directory, text))];

    private static bool IsOf(string directory, string text)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline")).StartsWith($"sleep\0{text}", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
