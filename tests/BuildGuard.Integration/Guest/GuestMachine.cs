using System.Text;

namespace BuildGuard.Integration.Guest;

/// <summary>
/// A small machine of its own, with a kernel that has nothing but version 2 control groups, in an emulator: what runs on
/// the machine that tests usually has version 1, or lets nobody write its groups.
/// </summary>
/// <remarks>
/// Its file system is busybox, the packed native helper and the libraries that this needs. It has one user beside root,
/// number 1000, and an empty disk of 256 MB, /dev/nvme0n1. A script runs as root and ends the machine.
/// </remarks>
internal static class GuestMachine
{
    /// <summary>Where the kernel is looked for, besides in <c>/boot</c>; <c>.ci/run</c> puts it there.</summary>
    private static readonly string s_kernels = Path.Combine(Package.Root, "artifacts", "guest", "boot");

    /// <summary>What a machine says before its script runs.</summary>
    public const string Begin = "@@ begin";

    /// <summary>What it says after it, before the exit code.</summary>
    public const string End = "@@ exit ";

    private const string Emulator = "qemu-system-x86_64";

    private const string Init = $"""
        #!/bin/busybox sh
        /bin/busybox --install -s /bin
        export PATH=/bin HOME=/root BUILDGUARD_STATE_DIR=/tmp/state BUILDGUARD_PREFLIGHT=off
        mount -t proc proc /proc
        mount -t sysfs sys /sys
        mount -t devtmpfs dev /dev
        mount -t tmpfs tmp /tmp
        chmod 1777 /tmp
        mount -t cgroup2 cgroup /sys/fs/cgroup
        echo root:x:0:0:root:/root:/bin/sh > /etc/passwd
        echo user:x:1000:1000:user:/tmp:/bin/sh >> /etc/passwd
        cd /tmp
        echo '{Begin}'
        sh /script > /tmp/out 2>&1 < /dev/null
        code=$?
        cat /tmp/out
        echo "{End}$code"
        poweroff -f

        """;

    private static readonly Lazy<byte[]> s_system = new(MakeSystem);

    /// <summary>The packed helper.</summary>
    public static string Helper => $"{Package.Folder}/tools/linux-x64/buildguard";

    private static string Kernel =>
        (Directory.Exists(s_kernels) ? Directory.GetFiles(s_kernels, "vmlinuz-*").FirstOrDefault() : null)
        ?? Directory.GetFiles("/boot", "vmlinuz-*cloud-amd64").FirstOrDefault() ?? "";

    /// <summary>Boots the machine, runs the script, and returns what it said. Skips the test where there is no emulator.</summary>
    /// <param name="script">The script.</param>
    /// <param name="programs">Programs of this machine that it needs beside those of busybox.</param>
    /// <param name="files">Files that it needs, each with its path there.</param>
    public static Result Run(string script, IEnumerable<string>? programs = null, IEnumerable<(string Path, byte[] Content)>? files = null)
    {
        RequireEmulator();
        var own = new CpioArchive();
        own.AddFile("script", Encoding.UTF8.GetBytes(script));
        foreach (string program in programs ?? [])
        {
            AddProgram(own, program);
        }

        foreach ((string path, byte[] content) in files ?? [])
        {
            own.AddParents(path);
            own.AddFile(path.TrimStart('/'), content);
        }

        return Boot([.. s_system.Value, .. own.ToArray()], "512");
    }

    /// <summary>Skips the test where the machine cannot be had.</summary>
    public static void RequireEmulator()
    {
        string? missing = Kernel.Length == 0 ? $"a kernel (vmlinuz-* of Debian's linux-image-cloud-amd64, in /boot or in {s_kernels})"
            : InnerEnvironment.Find(Emulator).Length == 0 ? Emulator
            : InnerEnvironment.Find("busybox").Length == 0 ? "busybox (busybox-static)"
            : File.Exists(Helper + ".dll") ? "a native helper (a C linker when packing)"
            : null;
        if (missing is not null)
        {
            Assert.Inconclusive("the guest machine needs " + missing);
        }
    }

    /// <summary>Boots a machine whose first file system says <see cref="Begin"/> and <see cref="End"/> in the end, and returns what it said between.</summary>
    /// <param name="system">The first file system.</param>
    /// <param name="megabytes">Its memory.</param>
    /// <param name="options">More for the kernel's command line.</param>
    public static Result Boot(byte[] system, string megabytes, string options = "")
    {
        using var workspace = new Workspace();
        string image = workspace.PathOf("initrd");
        File.WriteAllBytes(image, system);
        string disk = workspace.PathOf("disk");
        using (FileStream empty = File.Create(disk))
        {
            empty.SetLength(256 << 20);
        }

        Result machine = workspace.Start(
            InnerEnvironment.Find(Emulator),
            ["-cpu", "max", "-m", megabytes, "-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot", "-kernel", Kernel, "-initrd", image, "-drive", $"file={disk},if=none,id=disk,format=raw", "-device", "nvme,drive=disk,serial=1", "-append", $"console=ttyS0 quiet loglevel=0 panic=-1 {options}"],
            workspace.Environment).Wait();
        int from = machine.Output.IndexOf(Begin, StringComparison.Ordinal), to = machine.Output.LastIndexOf(End, StringComparison.Ordinal);
        Assert.IsTrue(from >= 0 && to > from, $"the guest machine did not come to its end: {machine}");
        string code = machine.Output[(to + End.Length)..].Split('\n')[0].Trim();
        return new Result("script in the guest", int.Parse(code), machine.Output[(from + Begin.Length)..to]);
    }

    private static byte[] MakeSystem()
    {
        var system = new CpioArchive();
        foreach (string directory in new[] { "bin", "dev", "etc", "proc", "root", "sys", "tmp" })
        {
            system.AddDirectory(directory);
        }

        system.AddFile("init", Encoding.UTF8.GetBytes(Init));
        system.AddFile("bin/busybox", File.ReadAllBytes(InnerEnvironment.Find("busybox")));
        AddProgram(system, Helper);
        return system.ToArray();
    }

    /// <summary>Adds a program to those in <c>/bin</c>, and the libraries that it needs.</summary>
    private static void AddProgram(CpioArchive archive, string program)
    {
        archive.AddFile("bin/" + Path.GetFileName(program), File.ReadAllBytes(program));
        foreach (string library in Libraries(program))
        {
            archive.AddParents(library);
            archive.AddFile(library.TrimStart('/'), File.ReadAllBytes(library));
        }
    }

    /// <summary>What the loader would load, by ldd(1): nothing for a program that is linked with all it needs, which ldd calls an error.</summary>
    private static IEnumerable<string> Libraries(string program)
    {
        using var workspace = new Workspace();
        Result answer = workspace.Start("ldd", [program], workspace.Environment).Wait();
        if (answer.Output.Contains("not a dynamic executable", StringComparison.Ordinal))
        {
            return [];
        }

        return [.. answer.Succeeds().Lines
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(word => word.StartsWith('/'))
            .Distinct()];
    }
}
