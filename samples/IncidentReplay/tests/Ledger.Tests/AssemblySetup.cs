using Ledger.Engineering;

[assembly: DoNotParallelize]

namespace Ledger.Tests;

[TestClass]
public static class AssemblySetup
{
    private static StepTrace? _trace;

    [AssemblyInitialize]
    public static void Start(TestContext context) => _trace = StepTrace.Start("tests-mstest");

    [AssemblyCleanup]
    public static void End() => _trace?.Dispose();
}
