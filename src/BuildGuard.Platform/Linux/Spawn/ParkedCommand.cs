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
internal sealed unsafe class ParkedCommand : IDisposable
{
    private readonly Birth _birth;
    private readonly Gate _gate;
    private readonly string _file;
    private readonly string? _path;
    private bool _isOver;

    private ParkedCommand(Birth birth, Gate gate, string file, string? path) => (_birth, _gate, _file, _path) = (birth, gate, file, path);

    /// <summary>The process.</summary>
    public StartedProcess Process => _birth.Process;

    /// <summary>Makes it; <c>null</c> if it cannot be made here.</summary>
    /// <exception cref="CommandStartException">There is no such command.</exception>
    public static ParkedCommand? Park(StartRequest request, BirthPlace place)
    {
        var environment = new EnvironmentBlock(request.Environment);
        string? path = environment["PATH"];
        string file = CommandLookup.Find(request.Arguments[0], path);
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
        return new ParkedCommand(birth, gate, file, path);
    }

    /// <summary>
    /// Lets it go. <c>false</c>: it was killed meanwhile, or its file is not what it was; nothing is left of it, and the
    /// command has to be started as usual, which says what is wrong.
    /// </summary>
    public bool TryGo(StartRequest request)
    {
        _isOver = true;
        int status;
        if (Libc.Wait4(Process.Pid, &status, Libc.WNOHANG, null) != 0)
        {
            return false;
        }

        if (!IsStillThere(request.Arguments[0]))
        {
            End();
            return false;
        }

        _gate.Open();
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
            End();
        }

        _gate.Dispose();
        _birth.Dispose();
    }

    private bool IsStillThere(string command)
    {
        try
        {
            return CommandLookup.Find(command, _path) == _file;
        }
        catch (CommandStartException)
        {
            return false;
        }
    }

    private void End()
    {
        _ = Libc.Kill(Process.Pid, Libc.SIGKILL);
        _birth.Collect();
    }
}
