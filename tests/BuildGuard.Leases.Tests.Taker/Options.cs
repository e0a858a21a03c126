using System.Globalization;

namespace BuildGuard.Leases.Taker;

/// <summary>What the taker is told to do.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = [];

    public Options(string[] args)
    {
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            _values.Add(args[i], args[i + 1]);
        }
    }

    /// <summary>The state directory.</summary>
    public string State => _values["--state"];

    /// <summary>The shared directory of the machine lock.</summary>
    public string? Machine => Text("--machine");

    public string Lock => Text("--lock") ?? LockName.User;

    public int Slots => Number("--slots") ?? 1;

    /// <summary>The most that any taker beside this one asks for.</summary>
    public int MostSlots => Number("--most-slots") ?? Slots;

    /// <summary>Take the lease again and again, so many times; otherwise once, until told on standard input.</summary>
    public int? Times => Number("--times");

    /// <summary>When this file is there, once more is enough.</summary>
    public string? Until => Text("--until");

    /// <summary>The independent witness of exclusion: files NAME.0, NAME.1 … of which each holder must get one.</summary>
    public string? Witness => Text("--witness");

    /// <summary>Where each taking and giving back is appended.</summary>
    public string? Log => Text("--log");

    /// <summary>Take the lease once and append when the turn came and when it was given back, in ticks of Stopwatch; then stay.</summary>
    public string? Stamps => Text("--stamps");

    /// <summary>Take no lease: end those of dead holders, again and again, until the file of <see cref="Until"/> is there.</summary>
    public bool Reap => Text("--reap") is not null;

    /// <summary>Instead of a lease take the lock of this one file, as flock(1) does.</summary>
    public string? Flock => Text("--flock");

    /// <summary>How long to hold, at most, in microseconds.</summary>
    public int HoldMicroseconds => Number("--hold") ?? 0;

    /// <summary>Stop ourselves before the first step of this name.</summary>
    public string? StopBefore => Text("--stop-before");

    /// <summary>Stop ourselves when the turn has come, before it is used.</summary>
    public bool StopBeforeGrant => Text("--stop-before-grant") is not null;

    /// <summary>While holding, when this file appears, start a taker that is not told where it stands, and pass on what it says.</summary>
    public string? Then => Text("--then");

    /// <summary>Kill ourselves at this step.</summary>
    public int? DieAt => Number("--die-at");

    /// <summary>A command to start while holding, which outlives us; its words separated by commas.</summary>
    public string? Daemon => Text("--daemon");

    /// <summary>When the ticket says that it was taken.</summary>
    public string? EnqueuedAt => Text("--enqueued-at");

    private string? Text(string name) => _values.GetValueOrDefault(name);

    private int? Number(string name) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
