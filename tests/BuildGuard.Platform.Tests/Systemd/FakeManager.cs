using System.Net.Sockets;
using System.Text;
using BuildGuard.Platform.Linux.Systemd;

namespace BuildGuard.Platform.Tests.Systemd;

/// <summary>A socket that answers as a manager does, or as none should. Each connection is served to its end before the next.</summary>
internal sealed class FakeManager : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("buildguard-test-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Thread? _thread;

    /// <param name="welcome">The answer to who we are.</param>
    /// <param name="answer">What is sent for a call; <c>null</c> closes the connection.</param>
    /// <param name="piece">How many bytes are sent at a time.</param>
    public FakeManager(string welcome, Func<uint, string, byte[]?> answer, int piece = int.MaxValue)
        : this()
    {
        _thread = new Thread(() => Serve(welcome, answer, piece));
        _thread.Start();
    }

    private FakeManager()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
    }

    /// <summary>Accepts nobody, as a process that was stopped.</summary>
    public static FakeManager Stopped() => new();

    public string Path => System.IO.Path.Combine(_directory, "private");

    public SystemdManager Manager => new(Path, false);

    /// <summary>How the clients introduced themselves.</summary>
    public List<string> Introductions { get; } = [];

    public void Dispose()
    {
        if (_thread is not null)
        {
            _listener.Shutdown(SocketShutdown.Both);
            _thread.Join();
        }

        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Serve(string welcome, Func<uint, string, byte[]?> answer, int piece)
    {
        while (true)
        {
            try
            {
                using Socket client = _listener.Accept();
                Serve(client, welcome, answer, piece);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.InvalidArgument or SocketError.OperationAborted)
            {
                return;
            }
            catch (SocketException)
            {
                // The client has gone: its own business.
            }
        }
    }

    private void Serve(Socket client, string welcome, Func<uint, string, byte[]?> answer, int piece)
    {
        List<byte> received = [];
        byte[] buffer = new byte[4096];
        int introduced = -1;
        while (client.Receive(buffer) is var count and > 0)
        {
            received.AddRange(buffer.AsSpan(0, count));
            if (introduced < 0)
            {
                string text = Encoding.Latin1.GetString([.. received]);
                introduced = text.IndexOf("BEGIN\r\n", StringComparison.Ordinal);
                if (introduced < 0)
                {
                    continue;
                }

                Introductions.Add(text[..introduced]);
                received.RemoveRange(0, introduced + 7);
                Send(client, Encoding.ASCII.GetBytes(welcome), piece);
            }

            while (DBusMessage.LengthOf([.. received]) is var length and > 0 && length <= received.Count)
            {
                (uint serial, string member) = Messages.Read([.. received[..length]]);
                received.RemoveRange(0, length);
                if (answer(serial, member) is not { } bytes)
                {
                    return;
                }

                Send(client, bytes, piece);
            }
        }
    }

    private static void Send(Socket client, byte[] bytes, int piece)
    {
        for (int at = 0; at < bytes.Length; at += Math.Min(piece, bytes.Length - at))
        {
            client.Send(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
        }
    }
}
