#if NET
using System.Diagnostics;
using System.Text;

namespace BuildGuard.Tasks.Helper;

/// <summary>What cannot be changed of a process any more once it is started: whoever needs the same can take it.</summary>
/// <param name="Program">The helper.</param>
/// <param name="HasInput">Whether it has a standard input of its own.</param>
/// <param name="Output">The encoding in which its output is read; null for the default.</param>
/// <param name="Error">The same of its standard error.</param>
internal sealed record StandbyForm(HelperProgram Program, bool HasInput, Encoding? Output, Encoding? Error)
{
    /// <summary>The form that a start needs.</summary>
    public static StandbyForm Of(HelperProgram program, ProcessStartInfo start) =>
        new(program, start.RedirectStandardInput, start.StandardOutputEncoding, start.StandardErrorEncoding);
}
#endif
