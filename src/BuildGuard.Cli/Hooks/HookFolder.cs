using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Hooks;

/// <summary>A folder of git hooks.</summary>
/// <param name="path">The folder, links resolved.</param>
/// <param name="program">What the hooks start.</param>
internal sealed class HookFolder(string path, GuardProgram program)
{
    /// <summary>The hook that git runs before a commit.</summary>
    public const string PreCommit = "pre-commit";

    /// <summary>
    /// What the pre-commit framework puts behind the name of a hook that is there before its own, which runs it from then on: the
    /// lines of ours go along.
    /// </summary>
    private const string Moved = ".legacy";

    private readonly AsideFolder _aside = new(path);

    /// <summary>The hooks that wait for the turn.</summary>
    public static IReadOnlyList<string> Names { get; } = [PreCommit, "pre-push"];

    /// <summary>How all of them stand, and those that were moved with the guard in them.</summary>
    public IReadOnlyList<HookReport> LookAtAll() => [.. Names.Concat(Names.SelectMany(FilesOf)).Distinct().Select(Look)];

    /// <summary>Takes the guard out of all of them.</summary>
    public IReadOnlyList<HookReport> RemoveAll() => [.. Names.SelectMany(FilesOf).ToArray().Select(Remove).OrderBy(report => IsMoved(report.Name))];

    /// <summary>The names under which the lines of a hook may stand, in the order in which they are to be taken out.</summary>
    public IReadOnlyList<string> FilesOf(string hook) => FindBlock(hook + Moved, out _, out _) is null ? [hook] : [hook + Moved, hook];

    /// <summary>How a hook stands.</summary>
    /// <param name="name">Its name, or that of its file where it was moved.</param>
    public HookReport Look(string name)
    {
        bool? isOurs = FindBlock(name, out _, out _);
        string aside = _aside.Of(HookOf(name));
        string remark = (isOurs, HasAside(name)) switch
        {
            (null, true) => $"the hook was replaced; the one that was set aside is {aside}",
            (false, _) => "the lines of the guard in it were edited",
            (true, _) when !ForeignFile.IsExecutable(FileOf(name)) => "git passes it by, because it is not executable",
            (true, _) when IsMoved(name) => $"moved there, as 'pre-commit install' does, and run by the {HookOf(name)} in its place; 'buildguard hooks remove' takes the lines of the guard out",
            (true, true) => $"runs {aside}",
            _ => "",
        };
        HookState state = isOurs switch { null => HookState.Unguarded, true => HookState.Guarded, false => HookState.Edited };
        return new HookReport(name, FileOf(name), state, Change.None, remark);
    }

    /// <summary>Puts the guard into a hook.</summary>
    public HookReport Install(string hook)
    {
        bool? isOurs = FindBlock(hook, out string text, out Range place);
        string block = HookBlock.Of(hook, program, runsNothing: isOurs == true && HookScript.EndsWithNothing(text));
        return isOurs switch
        {
            false => Done(hook, Change.Kept, "the lines of the guard in it were edited; take them out to have them renewed"),
            true when text[place] == block => Done(hook, Change.None),
            true => Write(hook, text[..place.Start.Value] + block + text[place.End.Value..], Change.Updated),
            null => Guard(hook, text, block),
        };
    }

    /// <summary>Takes the guard out of a hook: what was there before is there again, with what was edited since.</summary>
    /// <param name="name">Its name, or that of its file where it was moved.</param>
    public HookReport Remove(string name)
    {
        bool? isOurs = FindBlock(name, out string text, out Range place);
        if (isOurs == false)
        {
            return Done(name, Change.Kept, "the lines of the guard in it were edited; take them out by hand");
        }

        string hook = HookOf(name);
        string rest = isOurs == true ? Without(text, place) : "";
        bool isKept = HasAside(name);
        if (isKept && (isOurs == true ? !HookScript.IsChain(rest, FromHooks(hook)) : Exists(FileOf(name)) && !_aside.IsInPlace(hook)))
        {
            return Done(name, Change.Kept, $"it was edited; the one that was there before is {_aside.Of(hook)}");
        }

        if (isKept)
        {
            _aside.GiveBack(hook, name);
        }
        else if (HookScript.IsAlone(rest) || (IsMoved(name) && HookScript.IsChain(rest, FromHooks(hook))))
        {
            File.Delete(FileOf(name));
        }
        else if (isOurs == true)
        {
            Write(name, rest, Change.Removed);
        }

        _aside.Tidy();
        return Done(name, isKept || isOurs == true ? Change.Removed : Change.None);
    }

    private HookReport Guard(string hook, string text, string block)
    {
        string file = FileOf(hook);
        bool isExecutable = ForeignFile.IsExecutable(file);
        if (!Exists(file) && !_aside.Has(hook))
        {
            Directory.CreateDirectory(path);
            return Write(hook, Alone(hook), Change.Installed);
        }

        if (isExecutable && new FileInfo(file).LinkTarget is null && HookScript.CanInsert(text))
        {
            return Write(hook, HookScript.Insert(text, block), Change.Installed);
        }

        if (!Exists(file))
        {
            _aside.GiveBack(hook, hook);
            return Guard(hook, ReadText(file), block);
        }

        if (_aside.Has(hook) && !_aside.IsInPlace(hook))
        {
            return Done(hook, Change.Kept, $"another hook was set aside before, as {_aside.Of(hook)}: remove the one that is not needed");
        }

        // One that git passes by, because it is not executable, is not run by us either.
        string script = isExecutable ? HookScript.Chain(block, FromHooks(hook)) : Alone(hook);
        _aside.Take(hook);
        return Write(hook, script, Change.Installed);
    }

    private string Alone(string hook) => HookScript.Alone(HookBlock.Of(hook, program, runsNothing: true));

    private HookReport Done(string hook, Change change, string? remark = null)
    {
        HookReport now = Look(hook);
        return now with { Change = change, Remark = remark ?? now.Remark };
    }

    private bool? FindBlock(string hook, out string text, out Range place)
    {
        text = ReadText(FileOf(hook));
        return HookBlock.Find(text, out place);
    }

    private HookReport Write(string hook, string text, Change change)
    {
        ForeignFile.Write(FileOf(hook), ByteText.ToBytes(text), ForeignFile.Program);
        return Done(hook, change);
    }

    private static bool IsMoved(string name) => name.EndsWith(Moved, StringComparison.Ordinal);

    private static string HookOf(string name) => IsMoved(name) ? name[..^Moved.Length] : name;

    private static string Without(string text, Range place) => text[..place.Start.Value] + text[place.End.Value..];

    /// <summary>Whether the hook that was set aside belongs to that file: one that ran it and was moved runs it still.</summary>
    private bool HasAside(string name)
    {
        string hook = HookOf(name);
        return _aside.Has(hook) && IsMoved(name) == (RunsAside(hook + Moved) && !RunsAside(hook));
    }

    private bool RunsAside(string name) =>
        FindBlock(name, out string text, out Range place) == true && HookScript.IsChain(Without(text, place), FromHooks(HookOf(name)));

    private string FileOf(string hook) => Path.Combine(path, hook);

    private string FromHooks(string hook) => $"{_aside.FromHooks}/{hook}";

    // A link is not looked into: what it leads to is not ours to change.
    private static string ReadText(string file) =>
        File.Exists(file) && new FileInfo(file).LinkTarget is null ? ByteText.Read(file) : "";

    private static bool Exists(string file) => Path.Exists(file) || new FileInfo(file).LinkTarget is not null;
}
