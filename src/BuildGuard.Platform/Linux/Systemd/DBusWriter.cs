using System.Buffers.Binary;
using System.Text;

namespace BuildGuard.Platform.Linux.Systemd;

/// <summary>Writes values as D-Bus wants them on the wire (D-Bus Specification, "Marshaling"), little-endian.</summary>
internal sealed class DBusWriter
{
    private byte[] _bytes = new byte[512];

    /// <summary>How much was written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Zeros up to a multiple of <paramref name="to"/>, counted from the start of the message.</summary>
    public void Align(int to) => Take((to - (Length % to)) % to).Clear();

    public void Byte(byte value) => Take(1)[0] = value;

    public void Number(uint value)
    {
        Align(4);
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);
    }

    public void Number(ulong value)
    {
        Align(8);
        BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);
    }

    /// <summary>A string or an object path: they look the same.</summary>
    public void Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Number((uint)length);
        Encoding.UTF8.GetBytes(text, Take(length));
        Byte(0);
    }

    public void Signature(string signature)
    {
        Byte((byte)signature.Length);
        Encoding.ASCII.GetBytes(signature, Take(signature.Length));
        Byte(0);
    }

    /// <summary>Bytes that are marshalled already, their alignment included.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>An array: its length in bytes, the gap before the first element, which does not count, and the elements.</summary>
    public void Array(int alignment, Action<DBusWriter> elements)
    {
        Number(0u);
        int length = Length - 4;
        Align(alignment);
        int start = Length;
        elements(this);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(length), (uint)(Length - start));
    }

    private Span<byte> Take(int count)
    {
        if (Length + count > _bytes.Length)
        {
            System.Array.Resize(ref _bytes, Math.Max(Length + count, 2 * _bytes.Length));
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
