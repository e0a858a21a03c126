using Ledger.Engineering;

namespace Ledger.Statements.Tests;

[SetUpFixture]
public sealed class AssemblySetup
{
    private StepTrace? _trace;

    [OneTimeSetUp]
    public void Start() => _trace = StepTrace.Start("tests-nunit");

    [OneTimeTearDown]
    public void End() => _trace?.Dispose();
}
