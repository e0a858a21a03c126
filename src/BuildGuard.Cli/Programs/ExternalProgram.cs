using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace BuildGuard.Cli.Programs;

/// <summary>What another program said and how it ended.</summary>
/// <param name="ExitCode">Its exit code; 127 if it is not there, as in a shell.</param>
/// <param name="Raw">Its standard output, each byte a character.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record Answer(int ExitCode, string Raw, string Error)
{
    /// <summary>Whether it ended with 0.</summary>
    public bool IsSuccess => ExitCode == 0;

    /// <summary>Its output without the line end behind it.</summary>
    public string Line => ByteText.ToText(Raw).TrimEnd('\n', '\r');

    /// <summary>The first line of what it complained about.</summary>
    public string Complaint => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [string first, ..] ? first : $"exit code {ExitCode}";
}

/// <summary>Asks programs of the path, such as git or crontab.</summary>
internal static class ExternalProgram
{
    /// <summary>Runs one to its end.</summary>
    /// <param name="name">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Where it runs; the working directory by default.</param>
    /// <param name="input">Its standard input; nothing by default.</param>
    public static Answer Ask(string name, IReadOnlyList<string> arguments, string? directory = null, byte[]? input = null)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            WorkingDirectory = directory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Feed(process, input ?? []);
            process.WaitForExit();
            return new Answer(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            return new Answer(ExitCodes.NotFound, "", $"{name} cannot be started: {e.Message}");
        }
    }

    private static void Feed(Process process, byte[] input)
    {
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; how, its exit code says.
        }
    }
}
