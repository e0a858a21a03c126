using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace BuildGuard.Tasks.Helper;

/// <summary>What the helper answers with when it is asked something. The stand-in for the test console asks, too.</summary>
/// <param name="ExitCode">What it ended with; null where it could not be started.</param>
/// <param name="Lines">The lines of its standard output.</param>
internal sealed record HelperAnswer(int? ExitCode, IReadOnlyList<string> Lines)
{
    /// <summary>As long as the helper itself gives what cannot be ended.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Asks, and waits for the answer. Bounded.</summary>
    /// <param name="fileName">The program.</param>
    /// <param name="arguments">All its arguments.</param>
    public static HelperAnswer To(string fileName, IEnumerable<string> arguments)
    {
        var lines = new List<string>();
        try
        {
            using var process = new Process
            {
                StartInfo = new ProcessStartInfo(fileName, CommandLine.Join(arguments))
                {
                    UseShellExecute = false,
                    CreateNoWindow = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    StandardOutputEncoding = new UTF8Encoding(false),
                },
            };
            process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is not null)
                {
                    lines.Add(line.Data);
                }
            };
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (!process.WaitForExit((int)Patience.TotalMilliseconds))
            {
                process.Kill();
            }

            process.WaitForExit();
            return new HelperAnswer(process.ExitCode, lines);
        }
        catch (Win32Exception)
        {
            // That the helper cannot be started is said where it is needed.
            return new HelperAnswer(null, []);
        }
    }
}
