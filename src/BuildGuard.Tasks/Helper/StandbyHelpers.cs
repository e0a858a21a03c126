#if NET
using Microsoft.Build.Framework;

namespace BuildGuard.Tasks.Helper;

/// <summary>
/// The helper that this process keeps ready for the next command of its build. A build that runs one command has none, for it would
/// be started in vain.
/// </summary>
/// <remarks>
/// A helper's own start is as long as many a command. Started while the command before still runs, nobody waits for it.
/// </remarks>
internal sealed class StandbyHelpers : IDisposable
{
    private const string Key = "BuildGuard standby helpers";

    /// <summary>So many commands tell that more will follow.</summary>
    private const int Series = 2;

    /// <summary>Longer than between two commands of a series; what is not needed by then will hardly be.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);

    private static readonly object Registration = new();

    private readonly object _gate = new();
    private readonly Timer _timer;
    private StandbyHelper? _ready;
    private Task _starting = Task.CompletedTask;
    private int _commands;
    private bool _isOver;

    private StandbyHelpers() => _timer = new Timer(_ => Expire());

    /// <summary>Those of a build; null where the engine keeps nothing for a build.</summary>
    public static StandbyHelpers? Of(IBuildEngine engine)
    {
        if (engine is not IBuildEngine4 modern)
        {
            return null;
        }

        lock (Registration)
        {
            if (modern.GetRegisteredTaskObject(Key, RegisteredTaskObjectLifetime.Build) is { } known)
            {
                // Another version of this assembly has its own.
                return known as StandbyHelpers;
            }

            var made = new StandbyHelpers();
            modern.RegisterTaskObject(Key, made, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            return made;
        }
    }

    /// <summary>One that fits, for the caller to run or to dispose of; null when there is none.</summary>
    public StandbyHelper? Take(StandbyForm form)
    {
        lock (_gate)
        {
            if (_ready?.Form != form)
            {
                return null;
            }

            var taken = _ready;
            _ready = null;
            return taken;
        }
    }

    /// <summary>A command has been started: has one ready for the next, without waiting for it.</summary>
    public void Prepare(StandbyForm form)
    {
        lock (_gate)
        {
            if (++_commands >= Series && !_isOver && _starting.IsCompleted && _ready is null)
            {
                _starting = Task.Run(() => Start(form));
            }
        }
    }

    /// <summary>None is started any more: the helper knows of no such thing, or the build's environment is too large for it.</summary>
    public void GiveUp()
    {
        lock (_gate)
        {
            _isOver = true;
        }
    }

    /// <summary>The build has ended: so does what it kept ready.</summary>
    public void Dispose()
    {
        GiveUp();
        _starting.Wait();
        _timer.Dispose();
        Expire();
    }

    private void Start(StandbyForm form)
    {
        var started = StandbyHelper.Start(form);
        lock (_gate)
        {
            _isOver |= started is null;
            _ready = started;
            _timer.Change(Idle, Timeout.InfiniteTimeSpan);
        }
    }

    private void Expire()
    {
        StandbyHelper? unused;
        lock (_gate)
        {
            unused = _ready;
            _ready = null;
            _commands = 0;
        }

        unused?.Dispose();
    }
}
#endif
