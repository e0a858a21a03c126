using System.Buffers.Binary;

namespace BuildGuard.Platform.Linux.Systemd;

/// <summary>What a message is.</summary>
internal enum DBusMessageType : byte
{
    Call = 1,
    Return = 2,
    Error = 3,
    Signal = 4,
}

/// <summary>A message that came in: the parts of its header that are of use, and its body, still marshalled.</summary>
internal sealed record DBusMessage(DBusMessageType Type, uint ReplyTo, string Member, string ErrorName, string Signature, byte[] Body)
{
    /// <summary>A longer one is none that a manager of units sends to us.</summary>
    public const int MaxLength = 1 << 20;

    private const int FixedLength = 16;
    private const byte LittleEndian = (byte)'l';
    private const byte ProtocolVersion = 1;
    private const byte NoAutoStart = 2;
    private const int MaxFields = 64;

    /// <summary>Codes of header fields.</summary>
    private enum Field : byte
    {
        Path = 1,
        Interface = 2,
        Member = 3,
        ErrorName = 4,
        ReplySerial = 5,
        Destination = 6,
        Signature = 8,
    }

    /// <summary>A method call, as it goes on the wire.</summary>
    /// <param name="serial">By which the reply is known.</param>
    /// <param name="call">The method.</param>
    public static byte[] Encode(uint serial, DBusCall call)
    {
        var body = new DBusWriter();
        call.Body(body);
        var writer = new DBusWriter();
        writer.Byte(LittleEndian);
        writer.Byte((byte)DBusMessageType.Call);
        writer.Byte(NoAutoStart);
        writer.Byte(ProtocolVersion);
        writer.Number((uint)body.Length);
        writer.Number(serial);
        writer.Array(8, fields =>
        {
            AddField(fields, Field.Path, "o", call.Path);
            AddField(fields, Field.Interface, "s", call.Interface);
            AddField(fields, Field.Member, "s", call.Member);
            AddField(fields, Field.Destination, "s", call.Destination);
            if (call.Signature.Length > 0)
            {
                fields.Align(8);
                fields.Byte((byte)Field.Signature);
                fields.Signature("g");
                fields.Signature(call.Signature);
            }
        });
        writer.Align(8);
        writer.Raw(body.Written);
        return writer.Written.ToArray();
    }

    /// <summary>How long the message is whose first bytes these are; 0 if that cannot be told yet, -1 if it is none.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedLength)
        {
            return 0;
        }

        uint body = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        uint fields = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        return bytes[0] == LittleEndian && bytes[3] == ProtocolVersion && body <= MaxLength && fields <= MaxLength
            ? BodyStart(fields) + (int)body
            : -1;
    }

    /// <summary>Reads a whole message; <c>null</c> if it is none.</summary>
    public static DBusMessage? Decode(ReadOnlySpan<byte> bytes)
    {
        if (LengthOf(bytes) != bytes.Length || bytes.Length == 0)
        {
            return null;
        }

        int end = FixedLength + (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        var reader = new DBusReader(bytes[..end]);
        var message = new DBusMessage((DBusMessageType)bytes[1], 0, string.Empty, string.Empty, string.Empty, bytes[BodyStart((uint)(end - FixedLength))..].ToArray());
        for (int i = 0; i < FixedLength / 4; i++)
        {
            _ = reader.Number(out _);
        }

        for (int i = 0; reader.Position < end; i++)
        {
            if (i == MaxFields || message.WithField(ref reader) is not { } more)
            {
                return null;
            }

            message = more;
        }

        return message;
    }

    /// <summary>The words of an error: its text, or failing that its name.</summary>
    public string ErrorText()
    {
        var reader = new DBusReader(Body);
        return Signature.StartsWith('s') && reader.Text(out string text) && text.Length > 0 ? text : ErrorName;
    }

    /// <summary>The text in a variant; <c>null</c> if the body is something else.</summary>
    public string? VariantText()
    {
        var reader = new DBusReader(Body);
        return Signature == "v" && reader.Signature(out string type) && type == "s" && reader.Text(out string text) ? text : null;
    }

    private DBusMessage? WithField(ref DBusReader reader)
    {
        if (!reader.Align(8) || !reader.Byte(out byte code) || !reader.Signature(out string type) || type.Length != 1)
        {
            return null;
        }

        string text;
        switch ((Field)code, type[0])
        {
            case (Field.ReplySerial, 'u'):
                return reader.Number(out uint serial) ? this with { ReplyTo = serial } : null;
            case (Field.Member, 's'):
                return reader.Text(out text) ? this with { Member = text } : null;
            case (Field.ErrorName, 's'):
                return reader.Text(out text) ? this with { ErrorName = text } : null;
            case (Field.Signature, 'g'):
                return reader.Signature(out text) ? this with { Signature = text } : null;
            default:
                return reader.Skip(type[0]) ? this : null;
        }
    }

    private static void AddField(DBusWriter fields, Field field, string type, string value)
    {
        fields.Align(8);
        fields.Byte((byte)field);
        fields.Signature(type);
        fields.Text(value);
    }

    private static int BodyStart(uint fields) => (FixedLength + (int)fields + 7) & ~7;
}

/// <summary>A method to call.</summary>
/// <param name="Destination">Whose.</param>
/// <param name="Path">Of which object.</param>
/// <param name="Interface">In which interface.</param>
/// <param name="Member">Its name.</param>
/// <param name="Signature">The types of its arguments.</param>
/// <param name="Body">Writes the arguments.</param>
internal sealed record DBusCall(string Destination, string Path, string Interface, string Member, string Signature, Action<DBusWriter> Body);
