using System.Text;
using BuildGuard.Diagnostics;
using BuildGuard.Operations;

namespace BuildGuard.Cli.Ci;

/// <summary>
/// What we say in the log of a build service. Only our own lines are folded, never those of the command: it may fold its own,
/// and no service folds what is folded.
/// </summary>
/// <param name="writer">Where the service reads.</param>
/// <param name="format">How it wants to read it.</param>
/// <param name="isWaiting">Whether what comes first belongs to the wait for the turn, until <see cref="CommandStarts"/>.</param>
internal sealed class CiLog(ILineWriter writer, CiFormat format, bool isWaiting) : IMessageSink
{
    private readonly Lock _gate = new();
    private bool _isWaiting = isWaiting;
    private bool _isOpen;

    /// <inheritdoc/>
    public void Say(GuardMessage message)
    {
        lock (_gate)
        {
            if (message.Level != MessageLevel.Message)
            {
                CloseIfOpen();

                // The command may have left its cursor in the middle of a line, where a command of ours would be none.
                Write((_isWaiting ? "" : "\n") + format.Annotation(message));
            }
            else if (_isWaiting && !_isOpen)
            {
                Write(format.Open(message.ToString()));
                _isOpen = true;
            }
            else
            {
                Write(format.Plain(message.ToString()));
            }
        }
    }

    /// <summary>The wait is over: what the command writes is not folded.</summary>
    public void CommandStarts()
    {
        lock (_gate)
        {
            CloseIfOpen();
            _isWaiting = false;
        }
    }

    /// <summary>What came of it: one line, the rest folded under it.</summary>
    public void Conclude(RunFigures figures)
    {
        lock (_gate)
        {
            CloseIfOpen();
            Write((_isWaiting ? "" : "\n") + format.Open("buildguard: " + figures.Title));
            if (format is not CiFormat.Bare)
            {
                foreach (string line in figures.Lines)
                {
                    Write(format.Plain(line));
                }

                Write(format.Close());
            }
        }
    }

    private void CloseIfOpen()
    {
        if (_isOpen)
        {
            _isOpen = false;
            Write(format.Close());
        }
    }

    private void Write(string line)
    {
        if (line.Length == 0)
        {
            return;
        }

        try
        {
            writer.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (IOException)
        {
            // As with messages elsewhere: a guard that stops because nobody listens would guard nothing.
        }
    }
}
