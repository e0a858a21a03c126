using System.Text;

namespace BuildGuard.Cli.Dashboard;

/// <summary>Small drawings in characters.</summary>
internal static class Bars
{
    private const string Eighths = "▁▂▃▄▅▆▇█";

    /// <summary>A bar that is filled to a share.</summary>
    public static string Of(double share, int width)
    {
        int filled = (int)Math.Round(Math.Clamp(double.IsNaN(share) ? 0 : share, 0, 1) * width);
        return new string('█', filled) + new string('░', width - filled);
    }

    /// <summary>The last samples as heights.</summary>
    public static string Sparkline(IReadOnlyList<double> history, int width)
    {
        var line = new StringBuilder();
        foreach (double share in history.Skip(Math.Max(0, history.Count - width)))
        {
            line.Append(Eighths[(int)Math.Round(Math.Clamp(double.IsNaN(share) ? 0 : share, 0, 1) * (Eighths.Length - 1))]);
        }

        return line.ToString().PadLeft(width);
    }

    /// <summary>How a share looks: from 80 % on a warning, from 95 % on bad.</summary>
    public static Look LookOf(double share) => share >= 0.95 ? Look.Bad : share >= 0.8 ? Look.Warning : Look.Good;
}
