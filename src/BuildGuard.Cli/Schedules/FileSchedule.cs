using System.Text.RegularExpressions;
using BuildGuard.Cli.Programs;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Schedules;

/// <summary>A schedule that is files, and a program that is told of them.</summary>
/// <param name="command">What is started.</param>
internal abstract class FileSchedule(ScheduledCommand command) : ISchedule
{
    public abstract string Kind { get; }

    public abstract bool IsAvailable { get; }

    public abstract IReadOnlyList<string> Places { get; }

    public ScheduleState State
    {
        get
        {
            bool?[] whole = [.. Places.Where(File.Exists).Select(path => Seal.IsWhole(ByteText.Read(path)))];
            return whole.Length == 0 ? ScheduleState.Absent : Array.TrueForAll(whole, one => one == true) ? ScheduleState.Installed : ScheduleState.Edited;
        }
    }

    public string Written => string.Concat(Places.Where(File.Exists).Select(ByteText.Read));

    public TimeSpan? Interval => Rhythm.Match(Written) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, out int units) ? units * Unit : null;

    /// <summary>What is started.</summary>
    protected ScheduledCommand Command => command;

    /// <summary>The words that say how often, with the number as its first group.</summary>
    protected abstract Regex Rhythm { get; }

    /// <summary>What that number counts.</summary>
    protected virtual TimeSpan Unit => TimeSpan.FromSeconds(1);

    /// <summary>The home directory, where the settings of a user are.</summary>
    protected static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>What the files hold, in the order of <see cref="Places"/>.</summary>
    protected abstract IReadOnlyList<string> Texts(TimeSpan interval);

    /// <summary>Tells the program that keeps the time of new files.</summary>
    protected abstract IReadOnlyList<string[]> Starts { get; }

    /// <summary>Tells it that they go.</summary>
    protected abstract IReadOnlyList<string[]> Stops { get; }

    /// <summary>Tells it that they are gone.</summary>
    protected virtual IReadOnlyList<string[]> Goodbyes => [];

    public IReadOnlyList<SchedulePart> Plan(TimeSpan interval)
    {
        Command.RequireOneLine(Kind);
        return [.. Places.Zip(Texts(interval), (path, text) => new SchedulePart(path, Seal.Close(ByteText.Of(text))))];
    }

    public bool Install(IReadOnlyList<SchedulePart> parts)
    {
        SchedulePart[] news = [.. parts.Where(part => !File.Exists(part.Place) || ByteText.Read(part.Place) != part.Text)];
        if (news.Length == 0)
        {
            return false;
        }

        foreach (SchedulePart part in news)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(part.Place)!);
            ForeignFile.Write(part.Place, ByteText.ToBytes(part.Text));
        }

        Tell(Starts, isNeeded: true);
        return true;
    }

    public void Remove()
    {
        // What is not running need not be stopped.
        Tell(Stops, isNeeded: false);
        foreach (string path in Places)
        {
            File.Delete(path);
        }

        Tell(Goodbyes, isNeeded: false);
    }

    private void Tell(IReadOnlyList<string[]> commands, bool isNeeded)
    {
        foreach (string[] words in IsAvailable ? commands : [])
        {
            Answer answer = ExternalProgram.Ask(words[0], words[1..]);
            if (!answer.IsSuccess && isNeeded)
            {
                throw new GuardException(Messages.ScheduleFailed($"'{string.Join(' ', words)}' failed: {answer.Complaint}", "take it away again with 'buildguard schedule remove', or choose another --kind"));
            }
        }
    }
}
