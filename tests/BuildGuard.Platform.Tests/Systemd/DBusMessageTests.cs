using BuildGuard.Platform.Linux.Systemd;

namespace BuildGuard.Platform.Tests.Systemd;

[TestClass]
public sealed class DBusMessageTests
{
    private const string Unit = "buildguard-0a1b2c3d-user.1-00000001-holder.scope";

    /// <summary>Laid out by hand after "Message Format" and "Marshaling".</summary>
    [TestMethod]
    public void ACallIsWrittenAsTheSpecificationSays()
    {
        byte[] call = DBusMessage.Encode(2, new DBusCall("a.b", "/p", "i.f", "Get", "ss", body =>
        {
            body.Text("xyz");
            body.Text("q");
        }));

        const string Expected =
            "6c0102010e000000" + "0200000048000000"
            + "01016f00" + "02000000" + "2f7000" + "0000000000"
            + "02017300" + "03000000" + "692e6600" + "00000000"
            + "03017300" + "03000000" + "47657400" + "00000000"
            + "06017300" + "03000000" + "612e6200" + "00000000"
            + "08016700" + "027373" + "00"
            + "03000000" + "78797a00" + "01000000" + "7100";
        Assert.AreEqual(Expected, Convert.ToHexStringLower(call));
        Assert.AreEqual(call.Length, DBusMessage.LengthOf(call));
    }

    [TestMethod]
    public void WhatAManagerSendsIsRead()
    {
        DBusMessage group = DBusMessage.Decode(Messages.Text(5, "/user.slice"))!;
        DBusMessage error = DBusMessage.Decode(Messages.Error(6, "org.freedesktop.systemd1.UnitExists", "Unit exists."))!;
        DBusMessage removed = DBusMessage.Decode(Messages.JobRemoved(Unit, "done"))!;

        Assert.AreEqual((DBusMessageType.Return, 5u, "/user.slice"), (group.Type, group.ReplyTo, group.VariantText()));
        Assert.AreEqual((DBusMessageType.Error, 6u, "Unit exists."), (error.Type, error.ReplyTo, error.ErrorText()));
        Assert.AreEqual("done", SystemdManager.ResultOf(removed, Unit));
        Assert.IsNull(SystemdManager.ResultOf(removed, "another.scope"));
        Assert.IsNull(SystemdManager.ResultOf(group, Unit));
    }

    [TestMethod]
    public void AnErrorWithoutTextIsCalledByItsName() =>
        Assert.AreEqual("a.b.Error", DBusMessage.Decode(Messages.Error(6, "a.b.Error", ""))!.ErrorText());

    [TestMethod]
    public void AMessageIsWaitedForUntilItIsWhole()
    {
        byte[] message = Messages.JobRemoved(Unit, "done");
        for (int length = 0; length < message.Length; length++)
        {
            int told = DBusMessage.LengthOf(message.AsSpan(0, length));
            Assert.IsTrue(told == 0 || told == message.Length, $"{told} at {length}");
            Assert.IsNull(DBusMessage.Decode(message.AsSpan(0, length)));
        }
    }

    [TestMethod]
    [DataRow(0, (byte)'B')]
    [DataRow(3, (byte)2)]
    [DataRow(6, (byte)255)]
    [DataRow(14, (byte)255)]
    public void WhatIsNoMessageIsToldByItsFirstBytes(int at, byte value)
    {
        byte[] message = Messages.JobRemoved(Unit, "done");
        message[at] = value;
        Assert.AreEqual(-1, DBusMessage.LengthOf(message));
    }

    /// <summary>Whatever the bytes: reading ends, throws nothing, and stays inside them.</summary>
    [TestMethod]
    public void MutatedBytesAreReadOrRefused()
    {
        byte[][] originals =
        [
            Messages.Text(5, "/user.slice/user-1000.slice"),
            Messages.Error(6, "org.freedesktop.DBus.Error.Failed", "no"),
            Messages.JobRemoved(Unit, "done"),
            DBusMessage.Encode(1, new DBusCall("a", "/", "b", "c", ScopeRequest.Signature, new ScopeRequest(Unit, "d", 1, new ScopeTerms { Common = "" }).Write)),
        ];
        var random = new Random(20261125);
        int read = 0;
        for (int run = 0; run < 200_000; run++)
        {
            byte[] bytes = Mutate(originals[run % originals.Length], random);
            _ = DBusMessage.LengthOf(bytes);
            if (DBusMessage.Decode(bytes) is { } message)
            {
                read++;
                Assert.IsLessThanOrEqualTo(bytes.Length, message.Body.Length);
                _ = message.ErrorText();
                _ = message.VariantText();
                _ = SystemdManager.ResultOf(message, Unit);
            }
        }

        Assert.IsGreaterThan(1000, read, "hardly anything got as far as being read");
    }

    [TestMethod]
    [DataRow("session-1.scope", "session_2d1_2escope")]
    [DataRow("1a.service", "_31a_2eservice")]
    [DataRow("user@1000.service", "user_401000_2eservice")]
    public void ANameIsMadeAPartOfAPath(string name, string label) => Assert.AreEqual(label, SystemdManager.Label(name));

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        for (int i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes = bytes[..at];
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[Math.Min(at + random.Next(9), bytes.Length)..]];
                    break;
                default:
                    bytes[at] = random.Next(2) == 0 ? (byte)255 : (byte)0;
                    break;
            }
        }

        return bytes;
    }
}
