namespace BuildGuard.Cli.Init;

/// <summary>What came of a file, or of the hooks.</summary>
/// <param name="Path">Which.</param>
/// <param name="Change">What came of it, for people.</param>
/// <param name="Reason">What for.</param>
/// <param name="IsKept">Whether it should have been taken back and was not.</param>
/// <param name="File">What is written.</param>
internal sealed record InitLine(string Path, string Change, string Reason, bool IsKept = false, FileChange? File = null);
