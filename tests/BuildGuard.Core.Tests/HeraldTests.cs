using System.Diagnostics;
using System.Reflection;
using BuildGuard.Leases;
using BuildGuard.Operations;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class HeraldTests
{
    /// <summary>It runs on a thread of its own, where whatever is not caught ends the program: and with it the place in the queue.</summary>
    [TestMethod]
    public void What_cannot_be_told_costs_nobody_his_place()
    {
        Assert.IsTrue(LeaseId.TryParse("user/1-00000001", out LeaseId lease));
        IOperationJournal journal = DispatchProxy.Create<IOperationJournal, BrokenJournal>();
        using var asked = new ManualResetEventSlim();
        ((BrokenJournal)journal).Asked = asked;
        using (Herald.OfTurn(journal, lease, Stopwatch.GetTimestamp()))
        {
            Assert.IsTrue(asked.Wait(TimeSpan.FromMinutes(1)), "it was not asked");
        }
    }

    /// <summary>One that cannot look who is before us.</summary>
    public class BrokenJournal : DispatchProxy
    {
        /// <summary>Set when it is asked.</summary>
        public ManualResetEventSlim? Asked { get; set; }

        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Asked!.Set();
            throw new UnauthorizedAccessException("not now");
        }
    }
}
