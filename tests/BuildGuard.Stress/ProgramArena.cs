using System.Diagnostics;
using System.Globalization;
using System.Text;
using BuildGuard.Platform.Linux.Cgroups;

namespace BuildGuard.Stress;

/// <summary>The files of one run with the real program, and what its commands do.</summary>
internal sealed class ProgramArena : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("buildguard-stress-").FullName;
    private readonly string _program;
    private readonly int _slots;

    public ProgramArena(string program, int slots)
    {
        _program = program;
        _slots = slots;
        Directory.CreateDirectory(_root + "/running");
    }

    /// <summary>How many commands came to their end or close to it.</summary>
    public long Acquisitions => File.Exists(_root + "/acquired") ? new FileInfo(_root + "/acquired").Length : 0;

    /// <summary>What the commands saw that must not be.</summary>
    public string[] Violations => File.Exists(_root + "/violations") ? File.ReadAllLines(_root + "/violations") : [];

    private string State => _root + "/state";

    /// <summary>
    /// A shell that says by a file of its process id that it runs and looks for others that do. It trusts nothing but that: whoever
    /// was killed has left a file, but lives no more. It leaves a daemon behind.
    /// </summary>
    public string Command(int milliseconds) => string.Create(CultureInfo.InvariantCulture, $$"""
        cd '{{_root}}/running'; : > $$; printf x >> ../acquired; n=1
        for f in *; do
          if [ $f != $$ ]; then
            if [ "$(head -c 2 /proc/$f/cmdline 2>/dev/null)" = sh ]; then n=$((n + 1)); o="$o $f"; else rm -f $f; fi
          fi
        done
        if [ $n -gt {{_slots}} ]; then echo "$$ ran beside$o" >> ../violations; fi
        (setsid sleep 100 > /dev/null 2>&1 &)
        sleep 0.{{milliseconds:D3}}; rm -f $$
        """);

    public ProcessStartInfo Run(params string[] command)
    {
        string[] program = _program.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", _program] : [_program];
        var start = new ProcessStartInfo(program[0], [.. program[1..], "run", "--quiet", "--preflight", "off", "--slots", $"{_slots}", "--", .. command])
        {
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("BUILDGUARD_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["BUILDGUARD_STATE_DIR"] = State;
        return start;
    }

    /// <summary>Tickets, control groups and processes that should have gone.</summary>
    public IEnumerable<string> Leftovers() => [
        .. Directory.EnumerateFileSystemEntries(State + "/locks/user").Where(f => Path.GetFileName(f) != "mutex"),
        .. Groups(),
        .. Processes()];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private IEnumerable<string> Groups()
    {
        var naming = new CgroupName(State);
        return !Directory.Exists("/sys/fs/cgroup") ? [] : Directory
            .EnumerateDirectories("/sys/fs/cgroup", CgroupName.Prefix + "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Where(path => naming.IsOurs(Path.GetFileName(path)));
    }

    /// <summary>Whoever has this state directory in its environment was started by one of the runs.</summary>
    private IEnumerable<string> Processes()
    {
        byte[] mark = Encoding.UTF8.GetBytes($"BUILDGUARD_STATE_DIR={State}\0");
        foreach (string directory in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            string? found = null;
            try
            {
                if (File.ReadAllBytes(directory + "/environ").AsSpan().IndexOf(mark) >= 0)
                {
                    found = $"{directory} {File.ReadAllText(directory + "/cmdline").Replace('\0', ' ')}";
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is another user's.
            }

            if (found is not null)
            {
                yield return found;
            }
        }
    }
}
