using System.Text;
using BuildGuard.Cli.Output;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Dashboard;

/// <summary>How a piece of text looks.</summary>
internal enum Look
{
    Plain,
    Bold,
    Faint,
    Good,
    Warning,
    Bad,

    /// <summary>The selected row.</summary>
    Selected,
}

/// <summary>One line of the dashboard: pieces of text, each with its look.</summary>
internal sealed class Line
{
    private readonly List<(string Text, Look Look)> _pieces = [];

    /// <summary>Its text.</summary>
    public string Text => string.Concat(_pieces.Select(piece => piece.Text));

    /// <summary>The columns that it takes.</summary>
    public int Width => _pieces.Sum(piece => TextWidth.Of(piece.Text));

    /// <summary>Adds text; what others wrote in it does nothing.</summary>
    public Line Add(string text, Look look = Look.Plain)
    {
        _pieces.Add((ForeignText.Clean(text), look));
        return this;
    }

    /// <summary>Adds spaces up to a column.</summary>
    public Line To(int column) => Add(new string(' ', Math.Max(0, column - Width)));

    /// <summary>The line as a terminal takes it, cut to its width.</summary>
    public string Render(int width, bool colours)
    {
        var line = new StringBuilder();
        int left = width;
        foreach ((string text, Look look) in _pieces)
        {
            string cut = TextWidth.Cut(text, left);
            left -= TextWidth.Of(cut);
            string code = colours ? CodeOf(look) : "";
            line.Append(code.Length == 0 ? cut : $"\e[{code}m{cut}\e[0m");
            if (cut.Length < text.Length)
            {
                break;
            }
        }

        return line.ToString();
    }

    private static string CodeOf(Look look) => look switch
    {
        Look.Bold => "1",
        Look.Faint => "2",
        Look.Good => "32",
        Look.Warning => "33",
        Look.Bad => "31",
        Look.Selected => "7",
        _ => "",
    };
}
