using System.Buffers;
using BuildGuard.Diagnostics;

namespace BuildGuard.Audit;

/// <summary>
/// The record of what ran, waited, peaked and was ended: JSON Lines in the state directory. Writing costs one open and one
/// write, and never fails the operation.
/// </summary>
public sealed class AuditTrail
{
    /// <summary>The file is moved aside when it has grown beyond this, in bytes.</summary>
    public const long MaxBytes = 8 << 20;

    /// <summary>How many files that were moved aside are kept.</summary>
    public const int Keep = 4;

    private readonly IAuditFiles _files;
    private readonly TimeProvider _clock;
    private readonly IMessageSink _messages;
    private readonly bool _recordCommands;
    private int _complained;

    /// <summary>The trail of a state directory.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="clock">For the time of each record.</param>
    /// <param name="messages">Is told once if the trail cannot be written.</param>
    /// <param name="stateDirectory">The state directory, absolute.</param>
    /// <param name="recordCommands">Whether command lines may stand in the trail.</param>
    public AuditTrail(IAuditFiles files, TimeProvider clock, IMessageSink messages, string stateDirectory, bool recordCommands)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(messages);
        (_files, _clock, _messages, _recordCommands) = (files, clock, messages, recordCommands);
        Path = PathIn(stateDirectory);
    }

    /// <summary>The file that is written now.</summary>
    public string Path { get; }

    /// <summary>Where the trail of a state directory is.</summary>
    public static string PathIn(string stateDirectory) => $"{stateDirectory}/audit/audit.jsonl";

    /// <summary>Adds the time to an event that is recorded later.</summary>
    public AuditRecord Stamp(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record with { Time = _clock.GetUtcNow() };
    }

    /// <summary>Records events, at once; the time is added where it is missing.</summary>
    public void Write(params ReadOnlySpan<AuditRecord> records)
    {
        ArrayBufferWriter<byte> lines = new();
        foreach (AuditRecord record in records)
        {
            AuditRecord line = record.Time == default ? Stamp(record) : record;
            lines.Write(AuditLine.Write(_recordCommands ? line : WithoutCommands(line)));
        }

        try
        {
            long length = _files.Append(Path, lines.WrittenSpan);
            if (length > MaxBytes)
            {
                _files.Rotate(Path, MaxBytes, Keep);
            }
        }
        catch (IOException e)
        {
            if (Interlocked.Exchange(ref _complained, 1) == 0)
            {
                _messages.Say(Messages.AuditUnwritable(Path, e.Message));
            }
        }
    }

    /// <summary>Messages name processes with their command lines, so the text of a message goes too; its code says enough.</summary>
    private static AuditRecord WithoutCommands(AuditRecord record) => record with
    {
        Command = record.Label,
        Reason = null,
        Processes = record.Processes?.Select(p => p with { Command = null }).ToArray(),
    };
}
