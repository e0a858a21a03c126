using BuildGuard.Tasks.Sessions;

namespace BuildGuard.Tasks.Tests;

[TestClass]
public sealed class OwnerFileTests
{
    [TestMethod]
    public void Somebody_who_looks_at_the_file_for_a_moment_does_not_keep_its_owner_out()
    {
        string path = Path.GetTempFileName();
        using var looking = new ManualResetEventSlim();
        var viewer = new Thread(() =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            looking.Set();
            Thread.Sleep(3);
        });
        viewer.Start();
        looking.Wait();
        using (FileStream? owner = OwnerFile.Hold(path))
        {
            Assert.IsNotNull(owner);
            Assert.IsNull(OwnerFile.Hold(path), "two own it");
        }

        viewer.Join();
        File.Delete(path);
        Assert.ThrowsExactly<FileNotFoundException>(() => OwnerFile.Hold(path));
    }
}
