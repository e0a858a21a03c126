namespace BuildGuard.Platform.Tests.Taker;

/// <summary>Takes memory in steps of a megabyte, and gives none back.</summary>
internal static class Hoard
{
    public static int Run()
    {
        List<byte[]> all = [];
        while (true)
        {
            byte[] some = new byte[1 << 20];
            Array.Fill(some, (byte)1);
            all.Add(some);
        }
    }
}
