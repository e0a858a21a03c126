using System.Diagnostics;
using System.Text;

namespace BuildGuard.Cli.Tests;

/// <summary>Programs that stand in for crontab and systemctl, and the only ones on the path.</summary>
internal sealed class ScheduleClock
{
    private readonly Sandbox _sandbox;

    public ScheduleClock(Sandbox sandbox, bool hasSystemd)
    {
        _sandbox = sandbox;
        Directory.CreateDirectory(Bin);
        Directory.CreateDirectory(Home);
        WriteProgram("crontab", $"""
            case $1 in
            -l) [ -f '{TabFile}' ] || {Say("no crontab for somebody")}; exec /bin/cat '{TabFile}' ;;
            -r) exec /bin/rm '{TabFile}' ;;
            -) /bin/cat >'{TabFile}.new'
               [ -z "$(/usr/bin/tail -c1 '{TabFile}.new')" ] || {Say("new crontab file is missing newline before EOF")}
               exec /bin/mv '{TabFile}.new' '{TabFile}' ;;
            esac
            """);
        WriteProgram("systemctl", hasSystemd ? $"[ \"$2\" = show-environment ] || echo \"$*\" >> '{ToldFile}'" : "exit 1");
    }

    /// <summary>The state directory, where it is not the sandbox's.</summary>
    public string? State { get; init; }

    public string Bin => Path.Combine(_sandbox.Root, "bin");

    public string Home => Path.Combine(_sandbox.Root, "home");

    public string[] Told => File.Exists(ToldFile) ? File.ReadAllLines(ToldFile) : [];

    /// <summary>Its bytes, one character each.</summary>
    public string? Crontab
    {
        get => File.Exists(TabFile) ? Encoding.Latin1.GetString(File.ReadAllBytes(TabFile)) : null;
        set => File.WriteAllBytes(TabFile, Encoding.Latin1.GetBytes(value!));
    }

    private string TabFile => Path.Combine(_sandbox.Root, "tab");

    private string ToldFile => Path.Combine(_sandbox.Root, "told");

    public Result Run(params string[] arguments) =>
        _sandbox.Run([("HOME", Home), ("XDG_CONFIG_HOME", ""), ("PATH", Bin), ("BUILDGUARD_STATE_DIR", State ?? _sandbox.State)], ["schedule", .. arguments]);

    public void WriteProgram(string name, string text) => GitSandbox.WriteProgram(Path.Combine(Bin, name), "#!/bin/sh\n" + text + "\n");

    private static string Say(string text) => $"{{ echo '{text}' >&2; exit 1; }}";
}

/// <summary>A daemon for the lines in the crontab, as far as its name tells.</summary>
internal sealed class CronDaemon : IDisposable
{
    private readonly Process _process;

    public CronDaemon()
    {
        string directory = Directory.CreateTempSubdirectory("buildguard-cron-").FullName;
        _process = Process.Start(new ProcessStartInfo(GitSandbox.WriteProgram(Path.Combine(directory, "cron"), "#!/bin/sh\nread end\nrm -r \"${0%/*}\"\n")) { RedirectStandardInput = true })!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
