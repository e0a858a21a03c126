using System.Globalization;
using BuildGuard.Leases;

namespace BuildGuard.Stress;

/// <summary>
/// Reads what the contenders wrote while they held: nobody beside somebody else, the numbers only ever rising, the dead
/// ended before the next one.
/// </summary>
internal sealed class WitnessLog(string path, int slots)
{
    /// <summary>Who holds, and how many each bears beside it, itself included.</summary>
    private readonly Dictionary<string, int> _inside = [];
    private readonly HashSet<string> _ended = [];
    private long _read;
    private ulong _last;

    public int Acquisitions { get; private set; }

    public int EndedLeases { get; private set; }

    public List<string> Violations { get; } = [];

    /// <summary>The process that wrote last.</summary>
    public int LastPid { get; private set; }

    /// <summary>Reads on from where it was; tells whether there was anything new.</summary>
    public bool ReadOn()
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = _read;
        using var reader = new StreamReader(file);
        string text = reader.ReadToEnd();
        int end = text.LastIndexOf('\n') + 1;
        _read += end;
        foreach (string line in text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Take(line);
        }

        return end > 0;
    }

    private void Take(string line)
    {
        string[] words = line.Split(' ');
        LastPid = int.Parse(words[1], CultureInfo.InvariantCulture);
        string lease = words[2];
        switch (words[0])
        {
            case "enter":
                Enter(lease, int.Parse(words[3], CultureInfo.InvariantCulture));
                break;
            case "leave":
                _inside.Remove(lease);
                break;
            case "end":
                _inside.Remove(lease);
                EndedLeases += _ended.Add(lease) ? 1 : 0;
                break;
            default:
                Violations.Add($"the witness: {line}");
                break;
        }
    }

    private void Enter(string lease, int asked)
    {
        Acquisitions++;
        if (!LeaseId.TryParse(lease, out LeaseId id))
        {
            Violations.Add($"no lease: {lease}");
            return;
        }

        // What is written here happened in this order: whoever is still inside runs, or was killed and not yet ended.
        if (_inside.Count >= _inside.Values.Aggregate(asked, Math.Min))
        {
            Violations.Add($"{lease} ({asked}) entered beside {string.Join(", ", _inside)}");
            _inside.Clear();
        }

        if (slots == 1 && id.Ticket.Number <= _last)
        {
            Violations.Add($"{lease} entered after number {_last}");
        }

        _last = Math.Max(_last, id.Ticket.Number);
        _inside[lease] = asked;
    }
}
