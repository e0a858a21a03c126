namespace BuildGuard.Cli.Programs;

/// <summary>Lines of ours in a file of somebody else's, with a seal in the first of them.</summary>
/// <param name="name">What they are for, as in <c>hooks</c>.</param>
internal sealed class SealedBlock(string name)
{
    private readonly string _begin = $"# >>> buildguard {name} >>> ";
    private readonly string _end = $"# <<< buildguard {name} <<<\n";

    /// <summary>The block.</summary>
    /// <param name="body">Its lines.</param>
    public string Of(string body) => Seal.Close($"{_begin}'buildguard {name} remove' takes these lines out {Seal.Word}\n{body}{_end}");

    /// <summary>Finds the block.</summary>
    /// <param name="text">The file.</param>
    /// <param name="place">Where it stands; nothing if its end is missing.</param>
    /// <returns>Whether it is as it was written; <c>null</c> if there is none.</returns>
    public bool? Find(string text, out Range place)
    {
        place = default;
        int begin = text.IndexOf(_begin, StringComparison.Ordinal);
        if (begin < 0)
        {
            return null;
        }

        int end = text.IndexOf(_end, begin, StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        place = begin..(end + _end.Length);
        return Seal.IsWhole(text[place]) == true;
    }
}
