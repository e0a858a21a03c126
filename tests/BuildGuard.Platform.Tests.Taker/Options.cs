using System.Globalization;
using BuildGuard.Containment;
using BuildGuard.Leases;

namespace BuildGuard.Platform.Tests.Taker;

/// <summary>What the taker was asked to do.</summary>
internal sealed record Options
{
    public required string State { get; init; }

    public required string Lease { get; init; }

    public LeaseId LeaseId => LeaseId.TryParse(Lease, out LeaseId id) ? id : throw new ArgumentException($"--lease {Lease}");

    public string? Report { get; init; }

    public string Record { get; init; } = string.Empty;

    public int IntervalMilliseconds { get; init; } = 20;

    public bool RequestEndFirst { get; init; }

    public bool WatchParent { get; init; }

    public TimeSpan? StopAfter { get; init; }

    public Limits Limits { get; init; } = new();

    public List<string> Keep { get; init; } = [];

    public List<string> Command { get; init; } = [];

    public static Options Parse(ReadOnlySpan<string> args)
    {
        var options = new Options { State = string.Empty, Lease = string.Empty };
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--")
            {
                options.Command.AddRange(args[(i + 1)..]);
                break;
            }

            string value = i + 1 < args.Length ? args[i + 1] : string.Empty;
            int number = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : 0;
            Limits limits = options.Limits;
            options = args[i] switch
            {
                "--state" => options with { State = value },
                "--lease" => options with { Lease = value },
                "--report" => options with { Report = value },
                "--record" => options with { Record = value },
                "--interval" => options with { IntervalMilliseconds = number },
                "--stop-after" => options with { StopAfter = TimeSpan.FromMilliseconds(number) },
                "--memory" => options with { Limits = limits with { MemoryBytes = number * 1024L * 1024 } },
                "--processes" => options with { Limits = limits with { Processes = number } },
                "--open-files" => options with { Limits = limits with { OpenFiles = number } },
                "--open-files-hard" => options with { Limits = limits with { OpenFiles = number, OpenFilesHard = true } },
                "--keep" => options with { Keep = [.. options.Keep, value] },
                "--ask" => options with { RequestEndFirst = value == "yes" },
                "--watch-parent" => options with { WatchParent = value == "yes" },
                _ => throw new ArgumentException($"unknown option {args[i]}"),
            };
            i++;
        }

        return options;
    }
}
