using BuildGuard.Diagnostics;
using BuildGuard.Leases;

namespace BuildGuard.Cli.Output;

/// <summary>What somebody waits to do, and where, on one line.</summary>
internal static class WhatFor
{
    private const string In = "in ";
    private const string Gap = "  ";

    /// <summary>The command, unless the label says as much, and the directory; empty where neither is recorded. Both give way to the width.</summary>
    /// <param name="record">Who waits.</param>
    /// <param name="width">Columns.</param>
    public static string Of(LeaseRecord record, int width)
    {
        string command = record.Command is { } text && text != record.Label ? ForeignText.Clean(text) : "";
        string place = record.WorkingDirectory is { Length: > 0 } directory ? ForeignText.Clean(directory) : "";
        if (place.Length == 0)
        {
            return TextWidth.Cut(command, width);
        }

        if (command.Length == 0)
        {
            return TextWidth.Cut(In, width) + TextWidth.CutFront(place, width - In.Length);
        }

        // The directory gets half, or what the command leaves.
        int both = Math.Max(0, width - Gap.Length - In.Length);
        place = TextWidth.CutFront(place, Math.Max(both / 2, both - TextWidth.Of(command)));
        return TextWidth.Cut($"{TextWidth.Cut(command, both - TextWidth.Of(place))}{Gap}{In}{place}", width);
    }
}
