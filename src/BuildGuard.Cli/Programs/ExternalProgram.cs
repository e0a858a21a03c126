using System.Text;
using BuildGuard.Platform.Linux.Spawn;

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
    /// <param name="input">Its standard input; nothing by default.</param>
    public static Answer Ask(string name, IReadOnlyList<string> arguments, byte[]? input = null)
    {
        ProgramOutcome outcome = ProgramCall.Run([name, .. arguments], input);
        return new Answer(outcome.ExitCode, ByteText.FromBytes(outcome.Output), Encoding.UTF8.GetString(outcome.Error));
    }
}
