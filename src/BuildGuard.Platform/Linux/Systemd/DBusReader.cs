using System.Buffers.Binary;
using System.Text;

namespace BuildGuard.Platform.Linux.Systemd;

/// <summary>
/// Reads little-endian values of a D-Bus message. Nothing is believed about the bytes: what does not fit is answered with
/// <c>false</c>, after which the reader is of no more use.
/// </summary>
internal ref struct DBusReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>What has been read, in bytes.</summary>
    public int Position { get; private set; }

    /// <summary>Passes over the gap before a value.</summary>
    public bool Align(int to) => Skip((to - (Position % to)) % to);

    public bool Byte(out byte value)
    {
        value = Position < _bytes.Length ? _bytes[Position] : (byte)0;
        return Skip(1);
    }

    public bool Number(out uint value)
    {
        value = 0;
        if (!Align(4) || _bytes.Length - Position < 4)
        {
            return false;
        }

        value = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[Position..]);
        return Skip(4);
    }

    /// <summary>A string or an object path.</summary>
    public bool Text(out string text)
    {
        text = string.Empty;
        return Number(out uint length) && Terminated(length, out text);
    }

    public bool Signature(out string signature)
    {
        signature = string.Empty;
        return Byte(out byte length) && Terminated(length, out signature);
    }

    /// <summary>Passes over a value of a basic type.</summary>
    public bool Skip(char type) => type switch
    {
        'y' => Skip(1),
        'n' or 'q' => Align(2) && Skip(2),
        'b' or 'i' or 'u' or 'h' => Align(4) && Skip(4),
        'x' or 't' or 'd' => Align(8) && Skip(8),
        's' or 'o' => Text(out _),
        'g' => Signature(out _),
        _ => false,
    };

    private bool Terminated(uint length, out string text)
    {
        text = string.Empty;
        if (length >= (uint)(_bytes.Length - Position) || _bytes[Position + (int)length] != 0)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(_bytes.Slice(Position, (int)length));
        return Skip((int)length + 1);
    }

    private bool Skip(int count)
    {
        if (count > _bytes.Length - Position)
        {
            return false;
        }

        Position += count;
        return true;
    }
}
