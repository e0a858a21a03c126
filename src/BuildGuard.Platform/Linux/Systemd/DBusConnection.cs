using System.Text;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Systemd;

/// <summary>
/// A connection to a D-Bus peer or bus, for a few calls one after the other. Nothing in it waits beyond its deadline,
/// whatever the other side does.
/// </summary>
/// <remarks>
/// The libraries for this add 1.6 MB to a program of 1.1 MB (Tmds.DBus.Protocol 0.95, natively compiled) and bring a thread
/// pool; one method call needs neither.
/// </remarks>
internal sealed unsafe class DBusConnection : IDisposable
{
    private const int MaxLine = 1024;

    private readonly int _fd;
    private readonly long _deadline;
    private readonly TimeSpan _limit;
    private byte[] _buffer = new byte[4096];
    private int _length;
    private uint _serial;

    private DBusConnection(int fd, TimeSpan limit)
    {
        _fd = fd;
        _limit = limit;
        _deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
    }

    /// <summary>Connects and says who we are ("Authentication Protocol" of the specification, mechanism EXTERNAL).</summary>
    /// <param name="path">The socket.</param>
    /// <param name="limit">How long the whole conversation may take.</param>
    /// <exception cref="DBusException">There is no answer, or a no.</exception>
    public static DBusConnection Open(string path, TimeSpan limit)
    {
        int fd = Libc.ConnectTo(path);
        if (fd < 0)
        {
            throw new DBusException($"it cannot be reached ({Errno.Describe(Libc.LastError)})");
        }

        var connection = new DBusConnection(fd, limit);
        try
        {
            connection.Authenticate();
            return connection;
        }
        catch (DBusException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Calls a method and returns its answer; other messages that come before it are passed over.</summary>
    /// <exception cref="DBusException">There is no answer, or it is an error.</exception>
    public DBusMessage Call(DBusCall call)
    {
        uint serial = Send(call);
        while (true)
        {
            DBusMessage message = Receive();
            if (IsAnswer(message, serial))
            {
                return message;
            }
        }
    }

    /// <summary>Sends a method call; its answer is that to the serial number returned.</summary>
    /// <exception cref="DBusException">It could not be sent.</exception>
    public uint Send(DBusCall call)
    {
        Send(DBusMessage.Encode(++_serial, call));
        return _serial;
    }

    /// <summary>Whether a message answers a call.</summary>
    /// <exception cref="DBusException">It does, with an error.</exception>
    public static bool IsAnswer(DBusMessage message, uint serial)
    {
        if (message.ReplyTo != serial)
        {
            return false;
        }

        return message.Type switch
        {
            DBusMessageType.Return => true,
            DBusMessageType.Error => throw new DBusException($"it refused: {message.ErrorText()}"),
            _ => false,
        };
    }

    /// <summary>The next message.</summary>
    /// <exception cref="DBusException">None came in time, or what came is none.</exception>
    public DBusMessage Receive()
    {
        while (true)
        {
            int length = DBusMessage.LengthOf(_buffer.AsSpan(0, _length));
            if (length < 0)
            {
                throw Nonsense();
            }

            if (length > 0 && length <= _length)
            {
                DBusMessage? message = DBusMessage.Decode(_buffer.AsSpan(0, length));
                Drop(length);
                return message ?? throw Nonsense();
            }

            Fill(length);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_fd);

    private void Authenticate()
    {
        string id = Convert.ToHexStringLower(Encoding.ASCII.GetBytes(Libc.GetEUid().ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Send(Encoding.ASCII.GetBytes($"\0AUTH EXTERNAL {id}\r\nBEGIN\r\n"));
        int end;
        while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n"u8)) < 0)
        {
            if (_length > MaxLine)
            {
                throw Nonsense();
            }

            Fill(MaxLine);
        }

        bool accepted = _buffer.AsSpan(0, end).StartsWith("OK "u8);
        Drop(end + 2);
        if (!accepted)
        {
            throw new DBusException("it does not talk to this user");
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (int sent = 0; sent < bytes.Length;)
            {
                nint count = Libc.Send(_fd, start + sent, (nuint)(bytes.Length - sent));
                if (count >= 0)
                {
                    sent += (int)count;
                }
                else if (Libc.LastError == Errno.EAGAIN)
                {
                    Await(Libc.POLLOUT);
                }
                else if (Libc.LastError != Errno.EINTR)
                {
                    throw Closed();
                }
            }
        }
    }

    private void Fill(int wanted)
    {
        if (Math.Max(wanted, _length + 1) > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(wanted, 2 * _buffer.Length));
        }

        while (true)
        {
            Await(Libc.POLLIN);
            fixed (byte* start = _buffer)
            {
                nint count = Libc.Read(_fd, start + _length, (nuint)(_buffer.Length - _length));
                if (count > 0)
                {
                    _length += (int)count;
                    return;
                }

                if (count == 0 || Libc.LastError is not (Errno.EAGAIN or Errno.EINTR))
                {
                    throw Closed();
                }
            }
        }
    }

    private void Await(short events)
    {
        long remaining = _deadline - Environment.TickCount64;
        var poll = new Libc.PollFd { Fd = _fd, Events = events };
        if (remaining <= 0 || Libc.Poll(&poll, 1, (int)remaining) == 0)
        {
            throw new DBusException($"it did not answer within {_limit.TotalSeconds:0.#} s");
        }
    }

    private void Drop(int count)
    {
        _length -= count;
        _buffer.AsSpan(count, _length).CopyTo(_buffer);
    }

    private static DBusException Closed() => new("it closed the connection");

    private static DBusException Nonsense() => new("what it answers is not D-Bus");
}

/// <summary>A conversation over D-Bus that failed; the message goes on from "the manager: ".</summary>
internal sealed class DBusException(string message) : Exception(message);
