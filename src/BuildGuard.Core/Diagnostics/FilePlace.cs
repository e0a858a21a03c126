namespace BuildGuard.Diagnostics;

/// <summary>A place in a file, for tools that go there.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1, in characters.</param>
public sealed record FilePlace(string File, int Line, int Column)
{
    /// <summary>As compilers write it.</summary>
    public override string ToString() => $"{File}({Line},{Column})";
}
