namespace BuildGuard.Integration.Guest;

/// <summary>
/// A guest machine that systemd runs, with version 2 control groups alone, a system bus, and a manager of its own for its
/// user, number 1000. User 1001 has none. It is booted once, for all scripts.
/// </summary>
/// <remarks>
/// A script whose name begins with "Root" runs as root, the others as the user; each in a scope as a login has it, with the
/// shell beside it. There is no PAM and no logind: the scopes and the user's manager are started by hand.
/// </remarks>
internal sealed class SystemdMachine
{
    private const string Section = "@@ section ";
    private const string Exit = "@@ code ";

    /// <summary>Where systemd, dbus-daemon and their libraries are looked for; <c>.ci/run</c> puts them there.</summary>
    private static readonly string s_programs = Path.Combine(Package.Root, "artifacts", "guest", "systemd");

    private static readonly (string Path, string Text)[] s_files =
    [
        ("init", """
            #!/bin/busybox sh
            /bin/busybox --install -s /bin
            exec /lib/systemd/systemd --unit=guest.target --show-status=no --log-target=null

            """),
        ("all", $$"""
            export PATH=/bin:/usr/bin HOME=/root BUILDGUARD_PREFLIGHT=off
            (sleep 240; echo the machine was too slow; poweroff -f) &
            chmod 1777 /tmp
            mkdir -p /run/user/1000 && chown user /run/user/1000 && chmod 700 /run/user/1000
            echo '{{GuestMachine.Begin}}'
            systemctl start user@1000.service
            for file in /scripts/*; do
                name=${file##*/}
                export NAME=$name BUILDGUARD_STATE_DIR=/tmp/$name
                case $name in
                    Root*) systemd-run --quiet --scope --slice=user-0.slice --unit=session-$name timeout 60 sh $file > /tmp/out 2>&1 < /dev/null;;
                    *) systemd-run --quiet --scope --slice=user-1000.slice --unit=session-$name su user -c "exec timeout 60 sh $file" > /tmp/out 2>&1 < /dev/null;;
                esac
                code=$?
                echo "{{Section}}$name"
                cat /tmp/out
                echo "{{Exit}}$code"
            done
            echo '{{GuestMachine.End}}0'
            poweroff -f

            """),
        ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\nother:x:1001:1001:other:/tmp:/bin/sh\n"),
        ("etc/group", "root:x:0:\nuser:x:1000:\nother:x:1001:\n"),
        ("etc/machine-id", "0123456789abcdef0123456789abcdef\n"),
        ("etc/systemd/system.conf", "[Manager]\nDefaultStandardOutput=null\n"),
        ("etc/systemd/user.conf", "[Manager]\nDefaultStandardOutput=null\n"),
        ("etc/bus.conf", """
            <busconfig>
              <type>system</type>
              <listen>unix:path=/run/dbus/system_bus_socket</listen>
              <auth>EXTERNAL</auth>
              <policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/><allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/></policy>
            </busconfig>

            """),
        ("etc/systemd/system/guest.target", "[Unit]\nDefaultDependencies=no\nWants=guest.service\n"),
        ("etc/systemd/system/guest.service", """
            [Unit]
            DefaultDependencies=no
            Wants=dbus.service
            After=dbus.service
            [Service]
            Type=oneshot
            TimeoutStartSec=infinity
            ExecStart=/bin/sh /all
            StandardOutput=file:/dev/ttyS0

            """),
        ("etc/systemd/system/dbus.socket", "[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=/run/dbus/system_bus_socket\n"),
        ("etc/systemd/system/dbus.service", """
            [Unit]
            DefaultDependencies=no
            Requires=dbus.socket
            After=dbus.socket
            [Service]
            Type=notify
            ExecStart=/usr/bin/dbus-daemon --config-file=/etc/bus.conf --address=systemd: --nofork --nopidfile --systemd-activation

            """),
        ("etc/systemd/system/user@.service", """
            [Unit]
            DefaultDependencies=no
            After=dbus.service
            [Service]
            Type=notify
            User=%i
            Environment=XDG_RUNTIME_DIR=/run/user/%i HOME=/tmp PATH=/bin:/usr/bin
            ExecStart=/lib/systemd/systemd --user --log-target=null
            Slice=user-%i.slice
            KillMode=mixed
            Delegate=memory pids
            TasksMax=infinity

            """),
        ("etc/systemd/user/dbus.socket", "[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=%t/bus\n"),
        ("etc/systemd/user/dbus.service", """
            [Unit]
            DefaultDependencies=no
            Requires=dbus.socket
            After=dbus.socket
            [Service]
            Type=notify
            ExecStart=/usr/bin/dbus-daemon --config-file=/etc/bus.conf --address=systemd: --nofork --nopidfile --systemd-activation

            """),
        .. from manager in (string[])["system", "user"]
           from target in (string[])["default", "basic", "sysinit", "shutdown"]
           select ($"etc/systemd/{manager}/{target}.target", "[Unit]\nDefaultDependencies=no\n"),
    ];

    private readonly Dictionary<string, Result> _results = [];

    /// <summary>Boots it and runs the scripts, in the order of their names. Skips the test where there is no emulator.</summary>
    public SystemdMachine(IReadOnlyDictionary<string, string> scripts)
    {
        RequireMachine();
        var system = new CpioArchive();
        foreach (string directory in new[] { "bin", "dev", "proc", "root", "run", "sys", "tmp", "var" })
        {
            system.AddDirectory(directory);
        }

        system.AddTree(s_programs);
        system.AddFile("bin/busybox", File.ReadAllBytes(InnerEnvironment.Find("busybox")));
        system.AddFile("bin/buildguard", File.ReadAllBytes(GuestMachine.Helper));
        foreach ((string path, string text) in s_files)
        {
            system.AddText(path, text);
        }

        foreach ((string name, string text) in scripts)
        {
            system.AddText("scripts/" + name, text);
        }

        Result all = GuestMachine.Boot(system.ToArray(), "768");
        foreach (string part in all.Output.Split(Section)[1..])
        {
            string name = part[..part.IndexOf('\n')].Trim(), text = part[name.Length..];
            int end = text.LastIndexOf(Exit, StringComparison.Ordinal);
            _results[name] = new Result(name, int.Parse(text[(end + Exit.Length)..].Split('\n')[0].Trim()), text[..end].Replace("\r", "", StringComparison.Ordinal));
        }
    }

    /// <summary>Skips the test where the machine cannot be had.</summary>
    public static void RequireMachine()
    {
        GuestMachine.RequireEmulator();
        if (!File.Exists(s_programs + "/lib/systemd/systemd"))
        {
            Assert.Inconclusive($"the guest machine needs Debian's systemd and dbus-daemon in {s_programs}: .ci/run puts them there");
        }
    }

    /// <summary>What a script said and how it ended.</summary>
    public Result Of(string script) => _results[script];
}
