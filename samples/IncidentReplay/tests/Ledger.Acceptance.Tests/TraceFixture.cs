using Ledger.Engineering;

[assembly: AssemblyFixture(typeof(Ledger.Acceptance.Tests.TraceFixture))]

namespace Ledger.Acceptance.Tests;

public sealed class TraceFixture : IDisposable
{
    private readonly StepTrace _trace = StepTrace.Start("tests-xunit");

    public void Dispose() => _trace.Dispose();
}
