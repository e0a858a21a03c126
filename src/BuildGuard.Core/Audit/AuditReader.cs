using System.Buffers;

namespace BuildGuard.Audit;

/// <summary>Reads the trail, oldest first, across the files that were moved aside.</summary>
public sealed class AuditReader
{
    /// <summary>The most that is read of one file, in bytes.</summary>
    private const long MostBytes = 128 * AuditTrail.MaxBytes;

    private readonly IAuditFiles _files;
    private readonly string _path;
    private ulong _followed;
    private long _offset;

    /// <summary>A reader of a state directory's trail.</summary>
    public AuditReader(IAuditFiles files, string stateDirectory)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        _path = AuditTrail.PathIn(stateDirectory);
    }

    /// <summary>Lines so far that were not of ours and were left out.</summary>
    public long Skipped { get; private set; }

    /// <summary>Everything there is, oldest first, as <see cref="AuditOrder"/> has it. Afterwards <see cref="ReadNew"/> goes on from the end.</summary>
    public IEnumerable<AuditRecord> ReadAll() => AuditOrder.Of(ReadFiles());

    private IEnumerable<AuditRecord> ReadFiles()
    {
        for (int i = AuditTrail.Keep; i >= 1; i--)
        {
            foreach (AuditRecord record in ReadFile($"{_path}.{i}", 0, out _))
            {
                yield return record;
            }
        }

        _followed = _files.Identity(_path);
        foreach (AuditRecord record in ReadFile(_path, 0, out _offset))
        {
            yield return record;
        }
    }

    /// <summary>What was added since the last reading, across one rotation.</summary>
    public IReadOnlyList<AuditRecord> ReadNew() => [.. AuditOrder.Of(ReadAdded())];

    private List<AuditRecord> ReadAdded()
    {
        var records = new List<AuditRecord>();
        ulong now = _files.Identity(_path);
        if (now != _followed)
        {
            if (_followed != 0 && _files.Identity(_path + ".1") == _followed)
            {
                records.AddRange(ReadFile(_path + ".1", _offset, out _));
            }

            (_followed, _offset) = (now, 0);
        }

        records.AddRange(ReadFile(_path, _offset, out _offset));
        return records;
    }

    private List<AuditRecord> ReadFile(string path, long from, out long end)
    {
        var records = new List<AuditRecord>();
        end = from;
        using Stream? stream = _files.OpenRead(path);
        if (stream is null)
        {
            return records;
        }

        // Somebody cut the file: what is there now was not read yet.
        end = stream.Length < from ? 0 : from;

        // None of ours grows so large: of one that somebody filled, the end is read, from its first whole line on.
        bool skipping = stream.Length - end > MostBytes;
        if (skipping)
        {
            end = stream.Length - MostBytes;
            Skipped++;
        }

        stream.Position = end;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        int filled = 0;
        while (true)
        {
            int read = stream.Read(buffer, filled, buffer.Length - filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
            int start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is var length and >= 0)
            {
                if (!skipping)
                {
                    Take(buffer.AsSpan(start, length), records);
                }

                skipping = false;
                start += length + 1;
                end += length + 1;
            }

            filled -= start;
            buffer.AsSpan(start, filled).CopyTo(buffer);
            if (filled == buffer.Length)
            {
                (buffer, filled, skipping) = Grow(buffer, filled, skipping, ref end);
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return records;
    }

    /// <summary>A line may be longer than the buffer; one that is longer than any of ours is left out without being held in memory.</summary>
    private (byte[] Buffer, int Filled, bool Skipping) Grow(byte[] buffer, int filled, bool skipping, ref long end)
    {
        if (skipping || buffer.Length >= AuditLine.MaxBytes)
        {
            end += filled;
            Skipped += skipping ? 0 : 1;
            return (buffer, 0, true);
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return (larger, filled, false);
    }

    private void Take(ReadOnlySpan<byte> line, List<AuditRecord> records)
    {
        if (AuditLine.TryRead(line, out AuditRecord record))
        {
            records.Add(record);
        }
        else if (!line.IsEmpty)
        {
            Skipped++;
        }
    }
}
