namespace BuildGuard.Tasks.Helper;

/// <summary>One thing that the guard says: by the helper, or by the tasks themselves.</summary>
/// <param name="Level"><c>message</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Code">The code, <c>BG####</c>.</param>
/// <param name="Text">The line without the code.</param>
/// <param name="HelpLink">Where cause and remedy are explained.</param>
internal sealed record GuardMessage(string Level, string Code, string Text, string HelpLink)
{
    /// <summary>The file that is at fault; null for none.</summary>
    public string? File { get; private init; }

    /// <summary>The line in <see cref="File"/>, from 1.</summary>
    public int Line { get; private init; }

    /// <summary>The column in that line, from 1.</summary>
    public int Column { get; private init; }

    /// <summary>What people read behind the code. The console of a build shows no link of its own, so the text ends with it.</summary>
    public string Shown => $"{Text} [{HelpLink}]";

    /// <summary>Whether the operation was refused or stopped.</summary>
    public bool IsError => Level == "error";

    /// <summary>The same, said of a line of a file; 0 for what has no lines.</summary>
    public GuardMessage At(string file, int line) => this with { File = file, Line = line };

    /// <summary>An error of the tasks' own.</summary>
    public static GuardMessage Error(string code, string text) => new("error", code, text, HelpPage.Of(code));

    /// <summary>A warning of the tasks' own: something the user should know.</summary>
    public static GuardMessage Warning(string code, string text) => new("warning", code, text, HelpPage.Of(code));

    /// <summary>A message of the tasks' own: ordinary life.</summary>
    public static GuardMessage Message(string code, string text) => new("message", code, text, HelpPage.Of(code));

    /// <summary>The message in the members of a line; null when the line is none.</summary>
    public static GuardMessage? From(IReadOnlyDictionary<string, string>? members)
    {
        if (members is null || !members.TryGetValue("event", out var name) || name != "message"
            || !members.TryGetValue("text", out var text))
        {
            return null;
        }

        var code = members.TryGetValue("code", out var known) ? known : "";
        var message = new GuardMessage(
            members.TryGetValue("level", out var level) ? level : "message",
            code,
            text,
            members.TryGetValue("helpLink", out var link) ? link : HelpPage.Of(code));
        if (!members.TryGetValue("file", out var file)
            || !members.TryGetValue("line", out var lineText) || !int.TryParse(lineText, out var line)
            || !members.TryGetValue("column", out var columnText) || !int.TryParse(columnText, out var column))
        {
            return message;
        }

        // MSBuild writes the place itself.
        var place = $"{file}({line},{column}): ";
        return message with
        {
            File = file,
            Line = line,
            Column = column,
            Text = text.StartsWith(place, StringComparison.Ordinal) ? text.Substring(place.Length) : text,
        };
    }
}
