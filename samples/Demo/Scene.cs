using System.Diagnostics;

namespace BuildGuard.Demo;

/// <summary>Six people and programs who want something of the same repository at the same moment.</summary>
internal sealed class Scene(InnerEnvironment environment, Place place, Guard guard, string phase, bool guarded)
{
    public const string LoadTest = "nightly load test";

    /// <summary>Starts all of them.</summary>
    public IReadOnlyList<Actor> StartAll() =>
    [
        Start(1, "terminal", "dotnet build", InnerEnvironment.Dotnet, ["build"]),
        Start(2, "editor", "dotnet build", InnerEnvironment.Dotnet, ["build"]),
        Start(3, "terminal tests", "dotnet test", InnerEnvironment.Dotnet, ["test"]),
        Start(4, "acceptance tests", "dotnet run --project tests/Ledger.Acceptance.Tests", InnerEnvironment.Dotnet,
            ["run", "--project", "tests/Ledger.Acceptance.Tests"]),
        Start(5, LoadTest, "LEDGER_LOAD_TEST=1 dotnet test tests/Ledger.Tests", InnerEnvironment.Dotnet,
            ["test", "tests/Ledger.Tests"], ("LEDGER_LOAD_TEST", "1")),
        Start(6, "git hook", "buildguard run --label pre-commit -- dotnet run --project tools/BooksCheck -- data", guard.Program,
            ["run", "--label", "pre-commit", "--", InnerEnvironment.Dotnet, "run", "--project", "tools/BooksCheck", "--", "data"]),
    ];

    private Actor Start(
        int number, string name, string shown, string program, string[] arguments, params (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = environment.Command(number, place.Sample, program, arguments);
        start.Environment["LEDGER_TRACE"] = place.Trace(phase);
        if (!guarded)
        {
            start.Environment["BUILDGUARD_DISABLE"] = "1";
        }

        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        return Actor.Start(number, name, shown, start);
    }
}
