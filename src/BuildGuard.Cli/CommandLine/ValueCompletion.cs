using System.Globalization;

namespace BuildGuard.Cli.CommandLine;

/// <summary>
/// Completion of a value behind <c>--option=</c>: the parser completes only one that is a word of its own, so it is asked as if a
/// space stood there.
/// </summary>
/// <param name="Asked">What the parser is asked.</param>
/// <param name="Prefix">What stands in front of the value, up to the equals sign.</param>
internal sealed record ValueCompletion(string[] Asked, string Prefix)
{
    private const string Directive = "[suggest:";

    /// <summary>Reads a question; <c>null</c> if it is none about such a value.</summary>
    public static ValueCompletion? Of(string[] args)
    {
        if (args is not [string directive, string line] || !directive.StartsWith(Directive, StringComparison.Ordinal)
            || !int.TryParse(directive.AsSpan(Directive.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out int position))
        {
            return null;
        }

        string typed = line[..Math.Min(position, line.Length)];
        int start = typed.LastIndexOf(' ') + 1, end = typed.IndexOf('=', start);
        return end < 0 || !typed.AsSpan(start).StartsWith("--")
            ? null
            : new ValueCompletion([directive, $"{line[..end]} {line[(end + 1)..]}"], typed[start..(end + 1)]);
    }

    /// <summary>Writes what was found, as words that replace the one that is completed.</summary>
    public void Write(string found, TextWriter output)
    {
        foreach (string value in found.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(value => value[0] is not ('-' or '/')))
        {
            output.WriteLine(Prefix + value);
        }
    }
}
