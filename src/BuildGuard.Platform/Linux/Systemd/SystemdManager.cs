using System.Globalization;
using System.Text;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Systemd;

/// <summary>
/// The systemd that makes units for this user: the user's own, or for root the one that booted the machine
/// (<c>org.freedesktop.systemd1(5)</c>).
/// </summary>
/// <param name="Socket">Where it listens.</param>
/// <param name="IsBus">Whether that is a bus it can be reached through, rather than its own door.</param>
internal sealed record SystemdManager(string Socket, bool IsBus)
{
    private const string Name = "org.freedesktop.systemd1";
    private const string Path = "/org/freedesktop/systemd1";
    private const string ManagerInterface = Name + ".Manager";
    private const string JobRemoved = "JobRemoved";

    /// <summary>How long a question may take. One that runs answers within a millisecond or two.</summary>
    private static readonly TimeSpan s_questionLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long it may take to make a scope: on a busy machine it asks the machine's manager in its turn.</summary>
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(5);

    /// <summary>Finds it; <c>null</c> if there is none. Nothing is asked yet.</summary>
    /// <param name="user">The user.</param>
    /// <param name="run">What stands for <c>/run</c>.</param>
    /// <param name="runtimeDirectory">The user's runtime directory, if it is not the usual one.</param>
    public static SystemdManager? Find(uint user, string run, string? runtimeDirectory)
    {
        if (user == 0)
        {
            return Door(run + "/systemd/private");
        }

        string usual = $"{run}/user/{user.ToString(CultureInfo.InvariantCulture)}";
        return Door(usual + "/systemd/private")
            ?? (runtimeDirectory is { Length: > 0 } ? Door(runtimeDirectory + "/systemd/private") : null)
            ?? (Libc.Access(usual + "/bus", 0) == 0 ? new SystemdManager(usual + "/bus", true) : null);
    }

    /// <summary>The group below which all its units have theirs; empty for the root.</summary>
    /// <exception cref="DBusException">It does not answer.</exception>
    public string ReadGroup() => Property(Path, ManagerInterface, "ControlGroup").TrimEnd('/');

    /// <summary>Whether stopping a service ends everything in its group.</summary>
    /// <exception cref="DBusException">It does not answer.</exception>
    public bool StopEndsAll(string service) =>
        Property($"{Path}/unit/{Label(service)}", Name + ".Service", "KillMode") is "control-group" or "mixed";

    /// <summary>Asks for a scope that holds this process alone, and waits until we stand in it.</summary>
    /// <exception cref="DBusException">It refuses, fails, or does not answer in time.</exception>
    public void StartScope(ScopeRequest scope)
    {
        using DBusConnection connection = Connect(s_startLimit);
        if (IsBus)
        {
            _ = connection.Call(new DBusCall(
                "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s",
                body => body.Text($"type='signal',sender='{Name}',member='{JobRemoved}'")));
        }

        uint serial = connection.Send(new DBusCall(Name, Path, ManagerInterface, "StartTransientUnit", ScopeRequest.Signature, scope.Write));
        bool accepted = false;
        string? result = null;
        while (!accepted || result is null)
        {
            DBusMessage message = connection.Receive();
            accepted |= DBusConnection.IsAnswer(message, serial);
            result ??= ResultOf(message, scope.Unit);
        }

        if (result != "done")
        {
            throw new DBusException($"its job for the scope ended with '{result}'");
        }
    }

    /// <summary>A name as a part of an object path: what is no letter or digit becomes its code.</summary>
    internal static string Label(string name)
    {
        var label = new StringBuilder();
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            bool plain = char.IsAsciiLetter((char)b) || (char.IsAsciiDigit((char)b) && label.Length > 0);
            _ = plain ? label.Append((char)b) : label.Append(CultureInfo.InvariantCulture, $"_{b:x2}");
        }

        return label.ToString();
    }

    /// <summary>How the job for a unit ended, if the message says that: id, job, unit, result.</summary>
    internal static string? ResultOf(DBusMessage message, string unit)
    {
        var reader = new DBusReader(message.Body);
        return message is { Type: DBusMessageType.Signal, Member: JobRemoved, Signature: "uoss" }
            && reader.Skip('u') && reader.Skip('o') && reader.Text(out string name) && name == unit && reader.Text(out string result)
            ? result
            : null;
    }

    private static SystemdManager? Door(string path) => Libc.Access(path, 0) == 0 ? new SystemdManager(path, false) : null;

    private DBusConnection Connect(TimeSpan limit)
    {
        var connection = DBusConnection.Open(Socket, limit);
        if (IsBus)
        {
            _ = connection.Call(new DBusCall("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", "", static _ => { }));
        }

        return connection;
    }

    private string Property(string path, string @interface, string property)
    {
        using DBusConnection connection = Connect(s_questionLimit);
        DBusMessage answer = connection.Call(new DBusCall(Name, path, "org.freedesktop.DBus.Properties", "Get", "ss", body =>
        {
            body.Text(@interface);
            body.Text(property);
        }));
        return answer.VariantText() ?? throw new DBusException($"its {property} is no text");
    }
}
