using BuildGuard.Containment;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;
using BuildGuard.Platform.Linux.Spawn;

namespace BuildGuard.Platform.Linux;

/// <content>How the command comes in: at its turn, or before it up to its last step.</content>
internal abstract unsafe partial class LinuxContainer
{
    private const string LeaseVariable = "BUILDGUARD_LEASE";

    private ParkedCommand? _parked;
    private bool _isFounded;

    /// <inheritdoc/>
    public int Start(StartRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (_command != 0)
        {
            throw new InvalidOperationException("A container starts one command.");
        }

        Family.Strays.Begin();
        int latest = _parked is null ? 0 : Newborns.Latest();
        if (TakeParked() is { } parked)
        {
            TakeOver(parked);
            Family.Strays.Number = latest;
            return _command;
        }

        Found(request);
        TakeOver(Spawn(WithLease(request), ProcessStarter.Start));
        Family.Strays.Number = _command;
        AfterStart();
        return _command;
    }

    /// <inheritdoc/>
    public bool Prepare(StartRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        try
        {
            Found(request);
            _ = Spawn(WithLease(request), (whole, place) => (_parked = ParkedCommand.Park(whole, place))?.Process ?? default);
            if (_parked is null)
            {
                return false;
            }

            AfterStart();

            // Both need time only once, and would be asked for in a hurry.
            _ = Record;
            _ = IsProvenEmpty();
            return true;
        }
        catch (Exception e) when (e is CommandStartException or GuardException)
        {
            return false;
        }
    }

    /// <summary>How a process comes into a place; without an id if it did not.</summary>
    protected delegate StartedProcess BirthIn(StartRequest request, BirthPlace place);

    /// <summary>Prepares the place and has the command's process born there; leaves nothing behind if that fails.</summary>
    protected abstract StartedProcess Spawn(StartRequest request, BirthIn birth);

    /// <summary>What may be done while the command is already loading, or waits for its turn.</summary>
    protected virtual void AfterStart()
    {
    }

    /// <summary>From now on orphans come to us, and the end of whoever asked for this is noticed.</summary>
    private void Found(StartRequest request)
    {
        if (_isFounded)
        {
            return;
        }

        DescriptorRoom.Require(_wakeFd);
        _isFounded = true;
        Family.Found();
        if (request.WatchParent)
        {
            _parentFd = Libc.PidFdOpen(_parent);
            _parentGone = Libc.GetPPid() != _parent;
            SignalDispositions.InheritPipeFrom(_parent);
        }
    }

    private StartRequest WithLease(StartRequest request) => request.Environment.ContainsKey(LeaseVariable)
        ? request
        : request with { Environment = new(request.Environment) { [LeaseVariable] = _lease.Value } };

    private StartedProcess? TakeParked()
    {
        using ParkedCommand? parked = _parked;
        _parked = null;
        return parked?.TryGo() == true ? parked.Process : null;
    }

    private void TakeOver(StartedProcess started)
    {
        _command = started.Pid;
        _commandFd = started.PidFd;

        // Not before: the command is to inherit nothing of it. What is over cannot be stopped any more.
        _job = HasEnded ? null : JobControl.AtTerminal();
        Family.Head = started.Pid;
    }
}
