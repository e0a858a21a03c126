using System.Collections;
using System.Diagnostics;
using System.Text.Json;
using BuildGuard.Cli.Programs;

namespace BuildGuard.Cli.Init;

/// <summary>Asks MSBuild what projects come to. They are evaluated; nothing is built, restored or run.</summary>
internal sealed class MSBuildQuery(string root)
{
    /// <summary>The most projects that are asked about: each takes most of a second.</summary>
    private const int MostProjects = 60;

    /// <summary>So many at once.</summary>
    private const int Width = 2;

    private const int SecondsForOne = 60;
    private const int TimedOut = 124;

    private static readonly TimeSpan TimeForAll = TimeSpan.FromMinutes(2);

    /// <summary>What would make this MSBuild another one than that of a build which somebody starts.</summary>
    private static readonly string[] Foreign = ["MSBUILD", "DOTNET_CLI_", "BUILDGUARD_", "_BUILDGUARD"];

    private static readonly string[] Assignments =
    [
        "DOTNET_NOLOGO=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_CLI_UI_LANGUAGE=en", "DOTNET_CLI_USE_MSBUILD_SERVER=0",
        "DOTNET_GENERATE_ASPNET_CERTIFICATE=false", "MSBUILDDISABLENODEREUSE=1", "MSBUILDTERMINALLOGGER=off",
    ];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Evaluation> _answers = [];

    /// <summary>Why there is no answer about the first of the projects that there is none about; empty if there is one about each.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Asks about projects.</summary>
    /// <param name="projects">Their files, from the root.</param>
    /// <returns>What it said about those that it said something about.</returns>
    public IReadOnlyDictionary<string, Evaluation> Ask(IReadOnlyList<string> projects)
    {
        long start = Stopwatch.GetTimestamp();
        int next = -1;
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(Width, projects.Count)).Select(_ => new Thread(Work))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return _answers;

        void Work()
        {
            while (Interlocked.Increment(ref next) is var index && index < projects.Count)
            {
                if (index >= MostProjects)
                {
                    Note($"it was asked about {MostProjects} projects only");
                    return;
                }

                if (Stopwatch.GetElapsedTime(start) > TimeForAll)
                {
                    Note($"it took more than {TimeForAll.TotalSeconds:0} s");
                    return;
                }

                // Whoever has no time for one has none for the next.
                if (!Ask(projects[index]))
                {
                    Volatile.Write(ref next, projects.Count);
                    return;
                }
            }
        }
    }

    /// <returns>Whether it makes sense to go on.</returns>
    private bool Ask(string project)
    {
        Answer answer = ExternalProgram.Ask("sh",
        [
            "-c", "cd -- \"$0\" && exec \"$@\"", root,
            "timeout", "-k", "2", $"{SecondsForOne}", "env", .. Removed(), .. Assignments,
            "dotnet", "msbuild", "-nologo", project, .. Evaluation.Options,
        ]);
        try
        {
            if (answer.IsSuccess)
            {
                Evaluation evaluation = Evaluation.Read(answer.Raw);
                lock (_lock)
                {
                    _answers[project] = evaluation;
                }

                return true;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            Note($"its answer cannot be understood: {e.Message}");
            return true;
        }

        Note(answer.ExitCode == TimedOut ? $"it took more than {SecondsForOne} s" : ReasonIn(answer));
        return answer.ExitCode is not (TimedOut or ExitCodes.NotFound);
    }

    /// <summary>MSBuild complains on its standard output.</summary>
    private static string ReasonIn(Answer answer) =>
        Array.Find(ByteText.ToText(answer.Raw).Split('\n'), line => line.Contains("error", StringComparison.OrdinalIgnoreCase))?.Trim() ?? answer.Complaint;

    private static IEnumerable<string> Removed() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(variable => (string)variable.Key)
        .Where(name => name != "DOTNET_CLI_HOME" && Array.Exists(Foreign, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        .SelectMany(name => (string[])["-u", name]);

    private void Note(string problem)
    {
        lock (_lock)
        {
            Problem = Problem.Length == 0 ? problem : Problem;
        }
    }
}
