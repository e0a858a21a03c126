using System.Runtime.InteropServices;

namespace Ledger.Tests;

/// <summary>
/// The test that hoards memory: an import that keeps every posting of a decade in unmanaged chunks and gives none
/// back before the end. It runs only when LEDGER_LOAD_TEST is 1, and stops by itself at <see cref="BoundBytes"/>.
/// </summary>
[TestClass]
public sealed unsafe class LoadTests
{
    private const long BoundBytes = 700L << 20;
    private const int ChunkBytes = 4 << 20;

    [TestMethod]
    public void A_decade_of_postings_balances()
    {
        if (Environment.GetEnvironmentVariable("LEDGER_LOAD_TEST") != "1")
        {
            Assert.Inconclusive("Set LEDGER_LOAD_TEST=1 to run the load test (700 MB).");
        }

        var chunks = new List<nint>();
        try
        {
            long balance = 0;
            while ((long)chunks.Count * ChunkBytes < BoundBytes)
            {
                nint chunk = (nint)NativeMemory.Alloc(ChunkBytes);
                chunks.Add(chunk);
                balance += PostInto(new Span<long>((void*)chunk, ChunkBytes / sizeof(long)));
            }

            Assert.AreEqual(0, balance);
        }
        finally
        {
            chunks.ForEach(static chunk => NativeMemory.Free((void*)chunk));
        }
    }

    // Every debit has its credit, so each chunk adds up to zero.
    private static long PostInto(Span<long> minorUnits)
    {
        long sum = 0;
        for (int i = 0; i < minorUnits.Length; i += 2)
        {
            minorUnits[i] = i + 1;
            minorUnits[i + 1] = -minorUnits[i];
            sum += minorUnits[i] + minorUnits[i + 1];
        }

        return sum;
    }
}
