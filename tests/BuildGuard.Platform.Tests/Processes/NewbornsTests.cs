using System.Diagnostics;
using BuildGuard.Platform.Linux;

namespace BuildGuard.Platform.Tests.Processes;

/// <summary>Who was born since a moment, told by the numbers that the kernel gives out in turn.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class NewbornsTests
{
    [TestMethod]
    public void Whoever_was_born_since_is_among_those_alive_and_nobody_of_before_is()
    {
        int before = Newborns.Latest();
        using Process born = Process.Start("sleep", "60");
        try
        {
            List<int> alive = Newborns.Alive(before, Newborns.Latest());
            CollectionAssert.Contains(alive, born.Id);
            CollectionAssert.DoesNotContain(alive, 1);
        }
        finally
        {
            born.Kill();
            born.WaitForExit();
        }
    }

    /// <summary>The numbers began anew: those after the one and those up to the other.</summary>
    [TestMethod]
    public void Those_before_and_after_the_numbers_began_anew_are_among_them()
    {
        using Process low = Process.GetProcessById(1);
        using var self = Process.GetCurrentProcess();
        Assert.IsGreaterThan(2, self.Id);
        List<int> alive = Newborns.Alive(self.Id - 1, 1);
        CollectionAssert.Contains(alive, low.Id);
        CollectionAssert.Contains(alive, self.Id);
        CollectionAssert.DoesNotContain(Newborns.Alive(self.Id, 1), self.Id);
    }

    [TestMethod]
    public void Births_are_counted()
    {
        long before = Newborns.Births();
        using Process born = Process.Start("true");
        born.WaitForExit();
        Assert.IsGreaterThan(before, Newborns.Births());
    }

    [TestMethod]
    public void Numbers_may_have_begun_anew_once_half_of_them_were_given_out_or_nobody_counted()
    {
        long most = long.Parse(File.ReadAllText("/proc/sys/kernel/pid_max"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.IsTrue(Newborns.MayHaveBegunAnew(-1));
        Assert.IsFalse(Newborns.MayHaveBegunAnew(Newborns.Births()));
        if (Newborns.Births() > most)
        {
            Assert.IsTrue(Newborns.MayHaveBegunAnew(Newborns.Births() - most));
        }
    }
}
