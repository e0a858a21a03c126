using BuildGuard.Tasks.Helper;

namespace BuildGuard.Tasks.Sessions;

/// <summary>
/// A session that this build holds. MSBuild disposes it when the build ends; when MSBuild is killed, the operating system
/// closes the same two handles.
/// </summary>
internal sealed class SessionHold : IDisposable
{
    private readonly SessionHelper _helper;
    private readonly FileStream? _owner;
    private readonly Thread _reader;
    private volatile bool _isOver;

    /// <summary>Holds, from here on, what the helper acquired.</summary>
    /// <exception cref="IOException">There is no owner file.</exception>
    public SessionHold(SessionHelper helper, string ownerFile)
    {
        _helper = helper;
        _owner = OwnerFile.Hold(ownerFile);
        _reader = new Thread(ReadToEnd) { IsBackground = true, Name = "BuildGuard session" };
        _reader.Start();
    }

    /// <summary>Releases: returns when the session's tree is empty, or after a bounded wait.</summary>
    public void Dispose()
    {
        _isOver = true;
        _owner?.Dispose();
        if (_helper.End() is { } message)
        {
            Say(message);
        }

        _reader.Join(TimeSpan.FromSeconds(1));
        _helper.Dispose();
    }

    /// <summary>Also keeps the pipe empty, on which the helper would otherwise block.</summary>
    private void ReadToEnd()
    {
        try
        {
            while (_helper.ReadLine() is { } line)
            {
                // The build's log is closed when a session ends; what matters goes where people look next.
                if (GuardMessage.From(JsonLine.Read(line)) is { Level: not "message" } message)
                {
                    Say(message);
                }
            }

            if (!_isOver)
            {
                Say(GuardMessage.Warning("BG1005", "the helper that held the turn for this build was killed; the build keeps the turn until it ends, and no other one starts before"));
            }
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            // The helper is gone.
        }
    }

    private static void Say(GuardMessage message) =>
        BuildConsole.WriteLine($"BuildGuard: {message.Level} {message.Code}: {message.Shown}");
}
