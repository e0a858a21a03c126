using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Verbs;
using BuildGuard.Platform.Linux;

namespace BuildGuard.Cli.Runs;

/// <summary>
/// <c>buildguard run --standby FIFO</c>: started before there is something to run, so that the program's own start, a
/// quarter of what a short command costs, is over when there is. It then is what it would have been without.
/// </summary>
internal static class Standby
{
    /// <summary>The option that has to come first.</summary>
    public const string Option = "--standby";

    /// <summary>Waits for what is to be run, and runs it.</summary>
    /// <param name="file">The FIFO through which it comes.</param>
    /// <param name="refuse">Says what is wrong with a command line; the exit code.</param>
    public static int Execute(string file, Func<string, int> refuse)
    {
        var parent = new ParentProcess();
        string? problem = StandbyRequest.Await(file, parent, out StandbyRequest? request);
        if (request is null)
        {
            // Success is for what has run alone. Who does not ask any more does not hear this.
            return problem is null ? ExitCodes.GuardFailed : refuse($"{Option}: {problem}");
        }

        request.TakeEnvironment();
        return TableParser.TryParse(RunOptions.All, request.Arguments, takesCommand: true, out ParsedLine line, out problem)
            ? RunVerb.Execute(line, parent, request.EnterDirectory)
            : refuse(problem);
    }
}
