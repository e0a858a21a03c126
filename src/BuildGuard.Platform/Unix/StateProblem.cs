using BuildGuard.Diagnostics;
using static BuildGuard.Platform.Unix.UnixFileApi;

namespace BuildGuard.Platform.Unix;

/// <summary>Why the state directory cannot be used, in words that lead to the remedy.</summary>
internal static class StateProblem
{
    private const string RemoveIt = "remove what stands in its place";

    private const string Elsewhere = "or set BUILDGUARD_STATE_DIR to a directory of your own on a local disk";

    public static GuardException NotTrusted(string path, string reason, string remedy) => Error(
        "BG0010", $"the state directory '{path}' is not trusted: {reason}; {remedy}, {Elsewhere}");

    public static GuardException NotMade(string path, int error) => Error(
        "BG0011", $"the state directory '{path}' cannot be made: {Reason(error)}; {Remedy(error, "make it writable")}");

    public static GuardException NotWritable(string path, int error) => Error(
        "BG0011", $"'{path}' cannot be written: {Reason(error)}; {Remedy(error, "make it writable")}");

    public static GuardException NotLockable(string path, int error) => Error(
        "BG0011", $"'{path}' cannot be locked: {Reason(error)}; the file system must support flock(2): move it to a local disk, {Elsewhere}");

    public static GuardException NotRead(string path, int error) => Error(
        "BG0011", $"'{path}' cannot be read: {Reason(error)}; {Remedy(error, error is EACCES or EPERM ? "make it readable" : "look after the disk")}");

    public static GuardException NotOpened(string path, int error) => Error(
        "BG0011", $"'{path}' cannot be opened: {Reason(error)}; {Remedy(error, "make it readable and writable")}");

    public static GuardException NoPlainFile(string path, bool isDirectory) => Error(
        "BG0011", $"'{path}' cannot be used: it is {(isDirectory ? "a directory" : "no plain file")}; {RemoveIt}, {Elsewhere}");

    private static string Remedy(int error, string otherwise) => error switch
    {
        // Another place would not help.
        EMFILE => "raise the limit of open files (ulimit -n)",
        ENFILE => "wait until fewer files are open on this machine, or raise its limit (sysctl fs.file-max)",
        ENOMEM => "wait until there is memory to spare",
        EISDIR or ELOOP or ENXIO => $"{RemoveIt}, {Elsewhere}",
        EROFS => $"mount its file system writable, {Elsewhere}",
        ENOTDIR => $"remove the file that stands where a directory belongs, {Elsewhere}",
        ENOSPC or EDQUOT => $"free some space, {Elsewhere}",
        _ => $"{otherwise}, {Elsewhere}",
    };

    private static GuardException Error(string code, string text) => new(new GuardMessage(MessageLevel.Error, code, text));
}
