using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>Where a child stops before its last step. It goes on at <see cref="TryOpen"/>, and ends if we end before that.</summary>
/// <remarks>
/// A pair of sockets, not a pipe: at the end of its parent a child that reads is told "nothing more", which to the script is no
/// failure. So it writes as well, and that fails once nobody holds the other end.
/// </remarks>
internal sealed unsafe class Gate : IDisposable
{
    private int _ours;
    private int _childs;

    private Gate(int ours, int childs) => (_ours, _childs) = (ours, childs);

    /// <summary>A gate; <c>null</c> if none can be made.</summary>
    public static Gate? Make()
    {
        int* pair = stackalloc int[2];
        return Libc.SocketPair(pair) == 0 ? new Gate(pair[0], pair[1]) : null;
    }

    /// <summary>Writes the child's steps through it.</summary>
    /// <param name="script">The child's script.</param>
    /// <param name="room">Memory for one byte, valid until the child is through.</param>
    public void Write(ref ChildScript script, byte* room)
    {
        // The copy that it was born with would keep our end alive. It may be closed already, with all that the command will not have.
        script.Add(SystemCall.Close, _ours, mayFail: true);
        script.Add(SystemCall.Read, _childs, (nint)room, 1);
        script.Write(_childs, room, 1);
    }

    /// <summary>Whether a descriptor is the child's end.</summary>
    public bool IsChilds(int fd) => fd == _childs;

    /// <summary>Closes the child's end here, once it has its own.</summary>
    public void HandOver() => Close(ref _childs);

    /// <summary>Lets the child go on; <c>false</c>: there is none any more.</summary>
    public bool TryOpen()
    {
        byte go = 1;
        return Libc.Send(_ours, &go, 1) == 1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close(ref _ours);
        Close(ref _childs);
    }

    private static void Close(ref int fd)
    {
        if (fd >= 0)
        {
            _ = Libc.Close(fd);
            fd = -1;
        }
    }
}
