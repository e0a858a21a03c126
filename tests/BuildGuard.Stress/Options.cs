using System.Globalization;

namespace BuildGuard.Stress;

/// <summary>How hard to press.</summary>
internal sealed record Options
{
    public int Contenders { get; private init; } = 6;

    public int Slots { get; private init; } = 1;

    /// <summary>Whether the contenders ask for one slot, two and so on up to that number, by turns.</summary>
    public bool Mixed { get; private init; }

    /// <summary>Processes beside the contenders that end the leases of the killed without taking one.</summary>
    public int Reapers { get; private init; } = 1;

    /// <summary>The least number of acquisitions before the end.</summary>
    public int Acquisitions { get; private init; } = 1_000;

    /// <summary>The least number of killed contenders before the end.</summary>
    public int Kills { get; private init; } = 40;

    /// <summary>Garbled files to read by each parser.</summary>
    public int Mutations { get; private init; } = 5_000;

    /// <summary>The taker, natively compiled, which starts twenty times faster; <c>null</c>: the one beside this program.</summary>
    public string? Taker { get; private init; }

    /// <summary>The real program, native or a <c>.dll</c>, to be run instead of the taker; <c>null</c>: the taker.</summary>
    public string? Helper { get; private init; }

    public static Options? Parse(string[] args)
    {
        var options = new Options();
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--long")
            {
                options = options with { Contenders = 8, Acquisitions = 100_000, Kills = 10_000, Mutations = 1_000_000 };
                continue;
            }

            if (args[i] == "--mixed")
            {
                options = options with { Mixed = true };
                continue;
            }

            if (args[i] == "--taker" && i + 1 < args.Length)
            {
                options = options with { Taker = args[++i] };
                continue;
            }

            if (args[i] == "--helper" && i + 1 < args.Length)
            {
                options = options with { Helper = Path.GetFullPath(args[++i]) };
                continue;
            }

            if (i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                return null;
            }

            switch (args[i++])
            {
                case "--contenders": options = options with { Contenders = value }; break;
                case "--slots": options = options with { Slots = value }; break;
                case "--reapers": options = options with { Reapers = value }; break;
                case "--acquisitions": options = options with { Acquisitions = value }; break;
                case "--kills": options = options with { Kills = value }; break;
                case "--mutations": options = options with { Mutations = value }; break;
                default: return null;
            }
        }

        return options;
    }
}
