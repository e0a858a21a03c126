using System.Globalization;

namespace BuildGuard.Demo;

/// <summary>A step of a build or a test run of the sample, as it recorded itself. Times are milliseconds since boot.</summary>
internal sealed record Step(string Name, long Start, long End);

/// <summary>What the steps of one phase recorded.</summary>
internal sealed class Steps
{
    private Steps(IReadOnlyList<Step> all) => All = all;

    public IReadOnlyList<Step> All { get; }

    /// <summary>How many pairs of steps ran at the same time.</summary>
    public int Overlaps => All.Sum(step => All.Count(other =>
        (other.Start, other.Name).CompareTo((step.Start, step.Name)) > 0 && other.Start < step.End));

    /// <summary>The largest number of steps at one moment.</summary>
    public int MostAtOnce => All.Count == 0
        ? 0
        : All.Max(step => All.Count(other => other.Start <= step.Start && step.Start < other.End));

    /// <summary>Reads a folder of traces. A step without an end was killed: it counts as long as it is known to have run.</summary>
    public static Steps Read(string folder)
    {
        var steps = new List<Step>();
        foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.step") : [])
        {
            string[] lines = File.ReadAllLines(file);
            if (lines.Length > 0)
            {
                long start = TimeOf(lines[0]);
                steps.Add(new Step(Path.GetFileName(file), start, lines.Length > 1 ? TimeOf(lines[1]) : start + 1));
            }
        }

        return new Steps(steps);
    }

    private static long TimeOf(string line) => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
}
