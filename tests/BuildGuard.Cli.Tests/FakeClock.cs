using System.Globalization;

namespace BuildGuard.Cli.Tests;

/// <summary>
/// A wall clock for single processes, which can be set while they run: libfaketime between the program and the C library.
/// The monotonic clock is left alone, as when somebody sets a real one.
/// </summary>
internal sealed class FakeClock
{
    private readonly string _file;

    /// <summary>A clock that goes right until it is set.</summary>
    public FakeClock(Sandbox sandbox)
    {
        _file = Path.Combine(sandbox.Root, $"clock-{Guid.NewGuid():N}");
        Set(0);
    }

    /// <summary>The library; <c>null</c> where it is not installed.</summary>
    public static string? Library { get; } = Find();

    /// <summary>What makes a program, and whatever it starts, go by this clock.</summary>
    public (string Name, string Value)[] Variables =>
    [
        ("LD_PRELOAD", Library!), ("FAKETIME_TIMESTAMP_FILE", _file), ("FAKETIME_NO_CACHE", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),

        // By default it corrects waits by the monotonic clock for an old C library: with this one they end at once, again and again.
        ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
    ];

    /// <summary>Sets it that many days off, for those who go by it already too.</summary>
    public FakeClock Set(int days)
    {
        File.WriteAllText(_file + ".new", days.ToString("+0;-0", CultureInfo.InvariantCulture) + "d\n");
        File.Move(_file + ".new", _file, overwrite: true);
        return this;
    }

    private static string? Find() => ((string[])["/usr/lib", "/usr/lib64", "/usr/local/lib"])
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.GetDirectories(folder, "*-linux-gnu*").Prepend(folder))
        .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
        .FirstOrDefault(File.Exists);
}
