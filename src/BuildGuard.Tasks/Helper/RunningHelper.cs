using System.Globalization;
using System.Runtime.InteropServices;

namespace BuildGuard.Tasks.Helper;

/// <summary>
/// The helper while it runs an operation. It is asked to end, so that it ends the whole tree; killed, it would leave that to
/// whoever comes next.
/// </summary>
/// <param name="argument">What only its command line names: MSBuild tells no one which process it started.</param>
internal sealed class RunningHelper(string argument)
{
    private const int Terminate = 15;

    private volatile string _argument = argument;
    private volatile bool _isOver;
    private int _process;
    private int _looksInVain;

    /// <summary>It is another one, whose command line names something else.</summary>
    public void IsNamedBy(string argument) => _argument = argument;

    /// <summary>It has ended.</summary>
    public void Ended() => _isOver = true;

    /// <summary>Asks it to end its tree and itself. False when it cannot be asked.</summary>
    public bool AskToEnd() => !_isOver && Find() is { } process && Kill(process, Terminate) == 0;

    /// <summary>Whether it ended in time.</summary>
    public bool WaitForEnd(TimeSpan limit) => SpinWait.SpinUntil(() => _isOver, limit);

    /// <summary>
    /// Whether it is gone although nobody has noticed its end: what it left keeps the output open. Asked from time to time by
    /// one thread; believed at the second time, because its end may be on its way.
    /// </summary>
    public bool HasVanished()
    {
        if (_process == 0)
        {
            // It may have ended before the first look already.
            _process = Find() ?? 0;
        }

        _looksInVain = _isOver || (_process != 0 && IsHelper("/proc/" + _process)) ? 0 : _looksInVain + 1;
        return _looksInVain > 1;
    }

    /// <summary>
    /// proc_pid_cmdline(5): looked for only when it has to be asked. A child that it has just made has its command line too, until
    /// that becomes another program: the helper is the one whose parent is none.
    /// </summary>
    private int? Find()
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
        {
            return null;
        }

        var found = Directory.EnumerateDirectories("/proc")
            .Where(directory => char.IsDigit(Path.GetFileName(directory)[0]) && IsHelper(directory))
            .Select(directory => int.Parse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture))
            .ToList();
        foreach (var process in found)
        {
            if (ProcessParent.Of(process.ToString(CultureInfo.InvariantCulture)) is not { } parent || !found.Contains(parent))
            {
                return process;
            }
        }

        return null;
    }

    private bool IsHelper(string directory)
    {
        try
        {
            var arguments = File.ReadAllText(directory + "/cmdline").Split('\0');
            return arguments.Contains(_argument) && arguments.Contains("run");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is none of ours.
            return false;
        }
    }

    /// <summary>kill(2).</summary>
    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
