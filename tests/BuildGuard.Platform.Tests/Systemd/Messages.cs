using System.Buffers.Binary;
using BuildGuard.Platform.Linux.Systemd;

namespace BuildGuard.Platform.Tests.Systemd;

/// <summary>Messages as a manager sends them.</summary>
internal static class Messages
{
    public static byte[] Return(uint replyTo, string signature, Action<DBusWriter> body) =>
        Encode(DBusMessageType.Return, fields => Number(fields, 5, replyTo), signature, body);

    public static byte[] Error(uint replyTo, string name, string text) => Encode(
        DBusMessageType.Error,
        fields =>
        {
            Text(fields, 4, "s", name);
            Number(fields, 5, replyTo);
        },
        "s",
        body => body.Text(text));

    public static byte[] JobRemoved(string unit, string result) => Encode(
        DBusMessageType.Signal,
        fields =>
        {
            Text(fields, 1, "o", "/org/freedesktop/systemd1");
            Text(fields, 2, "s", "org.freedesktop.systemd1.Manager");
            Text(fields, 3, "s", "JobRemoved");
        },
        "uoss",
        body =>
        {
            body.Number(7u);
            body.Text("/org/freedesktop/systemd1/job/7");
            body.Text(unit);
            body.Text(result);
        });

    public static byte[] Text(uint replyTo, string text) => Return(replyTo, "v", body =>
    {
        body.Signature("s");
        body.Text(text);
    });

    /// <summary>The serial number of a call, and its method.</summary>
    public static (uint Serial, string Member) Read(byte[] call) =>
        (BinaryPrimitives.ReadUInt32LittleEndian(call.AsSpan(8)), DBusMessage.Decode(call)!.Member);

    private static byte[] Encode(DBusMessageType type, Action<DBusWriter> fields, string signature, Action<DBusWriter> body)
    {
        var content = new DBusWriter();
        body(content);
        var message = new DBusWriter();
        message.Byte((byte)'l');
        message.Byte((byte)type);
        message.Byte(0);
        message.Byte(1);
        message.Number((uint)content.Length);
        message.Number(99u);
        message.Array(8, all =>
        {
            fields(all);
            Text(all, 7, "s", "org.freedesktop.systemd1");
            all.Align(8);
            all.Byte(8);
            all.Signature("g");
            all.Signature(signature);
        });
        message.Align(8);
        message.Raw(content.Written);
        return message.Written.ToArray();
    }

    private static void Text(DBusWriter fields, byte code, string type, string value)
    {
        fields.Align(8);
        fields.Byte(code);
        fields.Signature(type);
        fields.Text(value);
    }

    private static void Number(DBusWriter fields, byte code, uint value)
    {
        fields.Align(8);
        fields.Byte(code);
        fields.Signature("u");
        fields.Number(value);
    }
}
