using System.Text;
using Microsoft.Build.Utilities;

namespace BuildGuard.Tasks.Helper;

/// <summary>
/// The file in which one operation's helper says what it has to say, read while the operation runs and once more after it.
/// Mostly there is no such file: the helper creates it with its first message.
/// </summary>
internal sealed class OperationMessages : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly object _gate = new();
    private readonly TaskLoggingHelper _log;
    private readonly Func<GuardMessage, GuardMessage> _place;
    private readonly Timer _timer;
    private readonly StringBuilder _rest = new();
    private readonly Decoder _decoder = new UTF8Encoding(false).GetDecoder();
    private long _position;

    /// <summary>Reads from now on.</summary>
    /// <param name="log">Where it is said.</param>
    /// <param name="place">Says a message of the place that is at fault.</param>
    public OperationMessages(TaskLoggingHelper log, Func<GuardMessage, GuardMessage> place)
    {
        _log = log;
        _place = place;
        _timer = new Timer(_ => Read(), null, Interval, Interval);
    }

    /// <summary>The file.</summary>
    public string File { get; } = Path.Combine(Path.GetTempPath(), "buildguard-" + Guid.NewGuid().ToString("N") + ".jsonl");

    /// <summary>Whether the operation was refused or stopped by the guard.</summary>
    public bool HasError { get; private set; }

    /// <summary>Whether the helper said that the exit code is the command's: it does for those that a killed helper has too.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Says something in the helper's place.</summary>
    public void Say(GuardMessage message)
    {
        HasError |= message.IsError;
        _log.LogGuard(_place(message));
    }

    /// <summary>Reads what is left, and deletes the file.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Read();
        try
        {
            System.IO.File.Delete(File);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            _log.LogMessage(Microsoft.Build.Framework.MessageImportance.Low, "BuildGuard: '{0}' was left: {1}", File, problem.Message);
        }
    }

    /// <summary>Reads what is new.</summary>
    public void Read()
    {
        lock (_gate)
        {
            try
            {
                if (System.IO.File.Exists(File))
                {
                    ReadNew();
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                _log.LogMessage(Microsoft.Build.Framework.MessageImportance.Low, "BuildGuard: '{0}' cannot be read: {1}", File, problem.Message);
            }
        }
    }

    private void ReadNew()
    {
        using var stream = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = _position;
        var bytes = new byte[4096];
        var characters = new char[4096];
        for (int count; (count = stream.Read(bytes, 0, bytes.Length)) > 0;)
        {
            _position += count;
            _rest.Append(characters, 0, _decoder.GetChars(bytes, 0, count, characters, 0));
        }

        // What follows the last line feed is a message that is being written.
        var lines = _rest.ToString().Split('\n');
        _rest.Clear().Append(lines[lines.Length - 1]);
        foreach (var line in lines.Take(lines.Length - 1))
        {
            var members = JsonLine.Read(line);
            HasEnded |= members is not null && members.TryGetValue("event", out var name) && name == "ended";
            if (GuardMessage.From(members) is { } message)
            {
                Say(message);
            }
        }
    }
}
