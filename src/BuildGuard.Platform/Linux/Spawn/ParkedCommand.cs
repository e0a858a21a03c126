using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>
/// A command's process that is there before its turn, in its place and with its limits, and waits for nothing but the word to
/// execute the command. It ends with us.
/// </summary>
/// <remarks>
/// What flock(1) does between two commands, a fork and an exec, is half done here when the turn comes. It costs a sleeping
/// task and no memory of its own, for it shares ours.
/// </remarks>
internal sealed class ParkedCommand : IDisposable
{
    private readonly Birth _birth;
    private readonly Gate _gate;
    private bool _isOver;

    private ParkedCommand(Birth birth, Gate gate) => (_birth, _gate) = (birth, gate);

    /// <summary>The process.</summary>
    public StartedProcess Process => _birth.Process;

    /// <summary>Makes it; <c>null</c> if it cannot be made here.</summary>
    /// <exception cref="CommandStartException">There is no such command.</exception>
    public static ParkedCommand? Park(StartRequest request, BirthPlace place)
    {
        var environment = new EnvironmentBlock(request.Environment);
        string file = CommandLookup.Find(request.Arguments[0], environment["PATH"]);
        if (Gate.Make() is not { } gate)
        {
            return null;
        }

        var birth = new Birth(file, request.Arguments, environment);
        bool isBorn = false;
        try
        {
            isBorn = birth.Begin(place, gate);
        }
        finally
        {
            if (!isBorn)
            {
                gate.Dispose();
                birth.Dispose();
            }
        }

        if (!isBorn)
        {
            return null;
        }

        gate.HandOver();
        return new ParkedCommand(birth, gate);
    }

    /// <summary>
    /// Lets it go. <c>false</c>: it was killed meanwhile, or its file is not there any more or cannot be executed; nothing is left
    /// of it, and the command has to be started as usual, which says what is wrong.
    /// </summary>
    public bool TryGo()
    {
        _isOver = true;

        // Somebody may have stopped it, or asked it to stop once it listens: it would keep us waiting.
        _ = Libc.Kill(Process.Pid, Libc.SIGCONT);
        if (!_gate.TryOpen())
        {
            _birth.Collect();
            return false;
        }

        try
        {
            return _birth.Finish() == 0;
        }
        catch (GuardException)
        {
            return false;
        }
    }

    /// <summary>Ends it, unless it was let go.</summary>
    public void Dispose()
    {
        if (!_isOver)
        {
            _isOver = true;
            _ = Libc.Kill(Process.Pid, Libc.SIGKILL);
            _birth.Collect();
        }

        _gate.Dispose();
        _birth.Dispose();
    }
}
