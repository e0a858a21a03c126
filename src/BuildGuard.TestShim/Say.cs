using BuildGuard.Tasks.Helper;

namespace BuildGuard.TestShim;

/// <summary>What the stand-in itself has to say, in the helper's form: on standard error, which the test task shows.</summary>
internal static class Say
{
    /// <summary>Nothing was tested, or nobody knows how it ended.</summary>
    public static void Error(string code, string text) => Line("error", code, text);

    /// <summary>BG0001, with its remedy.</summary>
    public static void HelperCannotStart(string path, string reason) => Error(
        "BG0001", $"the helper '{path}' cannot be started: {reason}. Nothing was run unguarded. Restore the package again, or correct BuildGuardHelperPath if you set it");

    /// <summary>Something the user should look at.</summary>
    public static void Warning(string code, string text) => Line("warning", code, text);

    /// <summary>Something that was done, and asks for nothing.</summary>
    public static void Message(string code, string text) => Line("", code, text);

    private static void Line(string level, string code, string text) =>
        Console.Error.WriteLine($"buildguard: {level}{(level.Length > 0 ? " " : "")}{code}: {text} [{HelpPage.Of(code)}]");
}
