using System.Diagnostics;
using System.Globalization;

namespace BuildGuard.Stress;

/// <summary>
/// One process that takes the lease again and again, or ends those of the killed, until it is ended.
/// </summary>
/// <param name="arena">Where it takes part.</param>
/// <param name="slots">What it asks for; <c>null</c>: it takes no lease and ends those of the killed.</param>
internal sealed class Contender(Arena arena, int? slots) : PressedProcess(() => Command(arena, slots))
{
    private static ProcessStartInfo Command(Arena arena, int? slots)
    {
        string[] program = arena.Taker is { } native ? [native] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "taker.dll")];
        string[] arguments =
        [
            "--state", arena.State, "--slots", Text(slots ?? arena.Slots), "--most-slots", Text(arena.Slots),
            "--witness", arena.Witness, "--log", arena.Log, "--times", "1000000", "--hold", "3000", "--until", arena.End,
            .. slots is null ? ["--reap", "true"] : (string[])[],
        ];
        var start = new ProcessStartInfo(program[0], [.. program[1..], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("BUILDGUARD_LEASE");
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_BackgroundWorkerTimeoutMs"] = "0";
        return start;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
