using System.Diagnostics;

namespace BuildGuard.Benchmarks;

/// <summary>The program that the escape tests use too, built from its source.</summary>
internal static class Acrobat
{
    /// <summary>Builds it; <c>null</c> if there is no C compiler.</summary>
    public static string? Build(string source, string scratch)
    {
        string program = scratch + "/acrobat";
        try
        {
            using Process compiler = Process.Start("gcc", ["-static", "-O1", "-o", program, source]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? program : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
