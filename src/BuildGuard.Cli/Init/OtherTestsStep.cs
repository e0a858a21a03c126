namespace BuildGuard.Cli.Init;

/// <summary>Names the tests that nothing runs which is written, each with the file that tells of them and the command.</summary>
internal static class OtherTestsStep
{
    /// <summary>More than that are named by their files alone.</summary>
    private const int MostLines = 8;

    /// <param name="plan">What is planned.</param>
    /// <param name="survey">The repository.</param>
    /// <param name="isWritten">Whether commands for tests are written at all: for make or for a build service.</param>
    public static void AddTo(InitPlan plan, Survey survey, bool isWritten)
    {
        OtherTests[] left = [.. survey.OtherTests.Where(tests => !(isWritten && RepositoryCommands.IsWritten(tests)))];
        foreach (OtherTests tests in left.Take(MostLines))
        {
            plan.Remarks.Add(tests.Command.Length == 0
                ? $"{tests.File}: {tests.Problem}, so what tests it is not known"
                : $"{tests.File}: its tests are in nothing that is written{(tests.Problem.Length > 0 ? $", for {tests.Problem}" : "")}. Run them in turn: {tests.ByHand}");
        }

        if (left.Length > MostLines)
        {
            plan.Remarks.Add($"{left.Length - MostLines} more have tests that are in nothing that is written: {string.Join(", ", left.Skip(MostLines).Select(tests => tests.File))}");
        }
    }
}
