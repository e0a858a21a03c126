using System.Diagnostics;

namespace BuildGuard.Demo;

/// <summary>Six people and programs who want something of the same repository at the same moment.</summary>
internal sealed class Scene(InnerEnvironment environment, Place place, Guard guard, string phase, bool guarded)
{
    public const string LoadTest = "nightly load test";

    /// <summary>Starts all of them.</summary>
    public IReadOnlyList<Actor> StartAll() =>
    [
        Dotnet(1, "terminal", "build"),
        Dotnet(2, "editor", "build"),
        Dotnet(3, "terminal tests", "test"),
        Dotnet(4, "acceptance tests", "run", "--project", "tests/Ledger.Acceptance.Tests"),
        Dotnet(5, LoadTest, "test", "tests/Ledger.Tests"),
        Start(6, "git hook", "buildguard run --label pre-commit -- dotnet run --project tools/BooksCheck -- data", guard.Command(
            6, place.Sample, "run", "--label", "pre-commit", "--", InnerEnvironment.Dotnet, "run", "--project", "tools/BooksCheck", "--", "data")),
    ];

    private Actor Dotnet(int number, string name, params string[] arguments) => Start(
        number, name, "dotnet " + string.Join(' ', arguments), environment.Command(number, place.Sample, InnerEnvironment.Dotnet, arguments));

    private Actor Start(int number, string name, string shown, ProcessStartInfo start)
    {
        start.Environment["LEDGER_TRACE"] = place.Trace(phase);
        if (name == LoadTest)
        {
            start.Environment["LEDGER_LOAD_TEST"] = "1";
            shown = "LEDGER_LOAD_TEST=1 " + shown;
        }

        if (!guarded)
        {
            start.Environment["BUILDGUARD_DISABLE"] = "1";
        }

        return Actor.Start(number, name, shown, start);
    }
}
