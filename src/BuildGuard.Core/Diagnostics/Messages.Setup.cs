namespace BuildGuard.Diagnostics;

/// <summary>Everything the guard can say, one factory per code: what, limit, value and remedy in one line.</summary>
/// <remarks>Each code has a section in <c>docs/messages.md</c>. Codes are never reused.</remarks>
public static partial class Messages
{
    /// <summary>BG0001: the program cannot be started.</summary>
    /// <param name="path">The program.</param>
    /// <param name="reason">What the operating system said.</param>
    public static GuardMessage HelperCannotStart(string path, string reason) => Error(
        "BG0001", $"the helper '{path}' cannot be started: {reason}. Nothing was run unguarded. Restore the package again, or set BuildGuardEnabled=false to build without the guard");

    /// <summary>BG0002: nothing is guarded, on purpose.</summary>
    /// <param name="switchedOffBy">What switched it off, as in <c>BUILDGUARD_DISABLE=1</c>.</param>
    public static GuardMessage Disabled(string switchedOffBy) => Note(
        "BG0002", $"nothing is guarded, because of {switchedOffBy}");

    /// <summary>BG0003: a setting has a value that cannot be understood.</summary>
    public static GuardMessage BadSetting(string setting, string value, string source, string expected) => Error(
        "BG0003", $"{setting}='{OneLine(value)}' ({source}) cannot be understood: expected {expected}");

    /// <summary>BG0004: a mistake in <c>buildguard.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">From 1.</param>
    /// <param name="column">From 1, in characters.</param>
    /// <param name="problem">What is wrong and what was expected.</param>
    public static GuardMessage SettingsFileMistake(string path, int line, int column, string problem) => Error(
        "BG0004", $"{new FilePlace(path, line, column)}: {OneLine(problem)}") with { Place = new FilePlace(path, line, column) };

    /// <summary>BG0004: <c>buildguard.json</c> is there and cannot be read.</summary>
    public static GuardMessage UnreadableSettingsFile(string path, string reason) => Error(
        "BG0004", $"{path} cannot be read: {OneLine(reason)}");

    /// <summary>BG0005: the command line of the program cannot be understood.</summary>
    /// <param name="verb">The verb, as in <c>run</c>; empty for the program itself.</param>
    /// <param name="problem">What is wrong and what was expected.</param>
    public static GuardMessage BadUsage(string verb, string problem) => Error(
        "BG0005", $"{OneLine(problem)} (see 'buildguard {(verb.Length == 0 ? "" : verb + " ")}--help')");

    /// <summary>BG0099: something that was not foreseen: a mistake in the guard itself.</summary>
    /// <param name="exception">What happened; the places where it did tell more than its text.</param>
    /// <param name="openFiles">How many files may be open at once, if that is so few that it may be the cause.</param>
    public static GuardMessage Unforeseen(Exception exception, ulong? openFiles)
    {
        ArgumentNullException.ThrowIfNull(exception);
        IEnumerable<string> places = (exception.StackTrace ?? "").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Take(4);
        return Error(
            "BG0099",
            (openFiles is { } limit ? $"no more than {limit} files may be open at once, so too many open files may be the cause (raise it: ulimit -n); else " : "")
            + $"a mistake in BuildGuard itself: {exception.GetType().Name}: {OneLine(exception.Message)} ({OneLine(string.Join("; ", places), 800)}). What it had started was ended. Please report this line");
    }

    /// <summary>BG0007: this operating system is not guarded yet.</summary>
    public static GuardMessage UnsupportedSystem() => Note(
        "BG0007", "nothing is guarded, because this operating system is not supported yet");

    /// <summary>BG0008: the queue is in use by a program whose protocol this one does not speak.</summary>
    /// <param name="own">Our version.</param>
    /// <param name="ownProtocol">The number of our protocol.</param>
    /// <param name="other">The version of the other program, if it says one.</param>
    /// <param name="otherProtocol">The number of its protocol.</param>
    public static GuardMessage OtherProtocol(string own, int ownProtocol, string? other, int otherProtocol) => Error(
        "BG0008", $"{(other is null ? "another version of BuildGuard" : $"BuildGuard {OneLine(other)}")} is in this queue, whose protocol {otherProtocol} this BuildGuard {own} (protocol {ownProtocol}) does not speak, so they cannot take turns; nothing was run. Update {(otherProtocol > ownProtocol ? "this one" : "the other one")}, or wait until the other one has ended");

    /// <summary>BG0009: the projects of one build reference different versions.</summary>
    /// <param name="older">The older version.</param>
    /// <param name="newer">The newer version.</param>
    public static GuardMessage MixedVersions(string older, string newer) => Note(
        "BG0009", $"projects of this build reference BuildGuard {OneLine(older)} and {OneLine(newer)}: they share one turn, and each is guarded by its own version. Reference {OneLine(newer)} in all of them");

    /// <summary>BG0010: a directory of ours cannot be trusted.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="reason">Whose or what it is.</param>
    /// <param name="remedy">An imperative, as in <c>remove it, or set BUILDGUARD_STATE_DIR to a directory of your own</c>.</param>
    public static GuardMessage UntrustedDirectory(string path, string reason, string remedy) => Error(
        "BG0010", $"the state directory {path} is not trusted: {reason.TrimEnd('.')}. Remedy: {remedy}");

    /// <summary>BG0011: the state cannot be written.</summary>
    public static GuardMessage UnwritableState(string path, string reason) => Error(
        "BG0011", $"the state file {path} cannot be written: {reason}. Free space there, or set BUILDGUARD_STATE_DIR to a directory on a local disk that can be written");

    /// <summary>BG0012: the audit trail cannot be written; the operation goes on.</summary>
    public static GuardMessage AuditUnwritable(string path, string reason) => Warning(
        "BG0012", $"the audit trail {path} cannot be written: {reason.TrimEnd('.')}. What is done is not recorded; the guard itself goes on. Free space there, make it writable, or remove what stands in its place");

    /// <summary>BG0015: an environment variable that looks like one of ours and means nothing.</summary>
    /// <param name="level">A warning; in a build a message.</param>
    /// <param name="name">The variable. Its value is not shown: it may be a secret.</param>
    /// <param name="hint">The remedy, as in <c>did you mean 'BUILDGUARD_MAX_MEMORY'?</c>.</param>
    public static GuardMessage UnknownVariable(MessageLevel level, string name, string hint) => new(
        level, "BG0015", $"there is no setting for the environment variable {OneLine(name)}, so it changes nothing; {hint}");

    private static GuardMessage Note(string code, string text) => new(MessageLevel.Message, code, text);

    private static GuardMessage Warning(string code, string text) => new(MessageLevel.Warning, code, text);

    private static GuardMessage Error(string code, string text) => new(MessageLevel.Error, code, text);

    /// <inheritdoc cref="ForeignText.Clean(string, int)"/>
    private static string OneLine(string text, int maxLength = 200) => ForeignText.Clean(text, maxLength);
}
