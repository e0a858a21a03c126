using System.Buffers.Text;
using BuildGuard.Platform.Linux.Cgroups;
using BuildGuard.Preflight;
using BuildGuard.Settings;

namespace BuildGuard.Platform.Linux;

/// <summary>The machine as Linux shows it, within the memory limits of the control groups that we are in.</summary>
public sealed class LinuxMachine : IMachine
{
    private readonly string _proc;
    private readonly MemoryCgroups _cgroups;
    private MachineFacts? _facts;

    /// <summary>This machine.</summary>
    public LinuxMachine()
        : this("/proc", "")
    {
    }

    /// <summary>A machine whose files lie elsewhere, for tests.</summary>
    /// <param name="proc">What stands for <c>/proc</c>.</param>
    /// <param name="root">What stands before the mount points of the control groups.</param>
    public LinuxMachine(string proc, string root)
    {
        _proc = proc;
        Groups = CgroupView.Read(proc);
        _cgroups = new MemoryCgroups(Groups, root);
    }

    /// <summary>The control groups that this process was in when the machine was first looked at.</summary>
    internal CgroupView Groups { get; }

    /// <inheritdoc/>
    public MachineFacts Facts() => _facts ??= new MachineFacts(
        Math.Min(MemoryLine("MemTotal:"u8) ?? long.MaxValue, _cgroups.Limit() ?? long.MaxValue),
        Environment.ProcessorCount);

    /// <inheritdoc/>
    public MachineState Look() => new(
        Math.Min(MemoryLine("MemAvailable:"u8) ?? MemoryLine("MemFree:"u8) ?? long.MaxValue, _cgroups.Free() ?? long.MaxValue),
        Load(),
        Pressure());

    private long? MemoryLine(ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[4096];
        ReadOnlySpan<byte> text = Text($"{_proc}/meminfo", buffer);
        int at = text.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        text = text[(at + name.Length)..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(text, out long kibibytes, out _) && kibibytes is >= 0 and < long.MaxValue / 1024 ? kibibytes * 1024 : null;
    }

    private double? Load()
    {
        Span<byte> buffer = stackalloc byte[128];
        return Utf8Parser.TryParse(Text($"{_proc}/loadavg", buffer), out double load, out _) ? load : null;
    }

    /// <summary>Lines as in <c>some avg10=0.00 avg60=0.00 avg300=0.00 total=0</c>; absent where the kernel was built or started without.</summary>
    private MemoryPressure? Pressure()
    {
        Span<byte> buffer = stackalloc byte[512];
        ReadOnlySpan<byte> text = Text($"{_proc}/pressure/memory", buffer);
        return Average(text, "some avg10="u8) is { } some ? new MemoryPressure(some, Average(text, "full avg10="u8) ?? 0) : null;
    }

    private static ReadOnlySpan<byte> Text(string path, Span<byte> buffer) => buffer[..Math.Max(0, ProcFile.Read(path, buffer))];

    private static double? Average(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        int at = text.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(text[(at + name.Length)..], out double value, out _) ? value : null;
    }
}
