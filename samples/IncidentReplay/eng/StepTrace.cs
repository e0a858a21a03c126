namespace Ledger.Engineering;

/// <summary>
/// Records when one step of a build or test run started and ended, in a file of its own, if LEDGER_TRACE names a
/// directory. Whoever reads the files afterwards sees which steps ran at the same time.
/// </summary>
internal sealed class StepTrace : IDisposable
{
    private readonly string? _file;

    private StepTrace(string? file) => _file = file;

    /// <summary>Starts a step. The file's first line is written now, its second when the step is disposed of.</summary>
    public static StepTrace Start(string step)
    {
        if (Environment.GetEnvironmentVariable("LEDGER_TRACE") is not { Length: > 0 } directory)
        {
            return new StepTrace(null);
        }

        Directory.CreateDirectory(directory);
        string file = Path.Combine(directory, $"{step}.{Environment.ProcessId}.{Guid.NewGuid():N}.step");
        File.WriteAllText(file, Line("start"));
        return new StepTrace(file);
    }

    public void Dispose()
    {
        if (_file is not null)
        {
            File.AppendAllText(_file, Line("end"));
        }
    }

    // Milliseconds since the machine started: comparable between processes, and no clock change moves them.
    private static string Line(string what) =>
        $"{what} {Environment.TickCount64} {DateTimeOffset.UtcNow:O}{Environment.NewLine}";
}
