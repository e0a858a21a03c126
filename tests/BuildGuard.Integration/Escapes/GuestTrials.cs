using BuildGuard.Integration.Guest;

namespace BuildGuard.Integration.Escapes;

/// <summary>The whole table in the guest machine, in one boot for each way: booting takes longer than all the trials.</summary>
internal static class GuestTrials
{
    private static readonly Dictionary<Guard, Result> s_done = [];

    /// <summary>What came of one.</summary>
    public static Trial Of(Troupe troupe, Escape escape, Guard guard)
    {
        foreach ((string program, string package) in escape.Needs)
        {
            if (InnerEnvironment.Find(program).Length == 0)
            {
                Assert.Inconclusive($"the guest machine needs {program}: apt-get install {package}");
            }
        }

        if (!s_done.TryGetValue(guard, out Result? result))
        {
            s_done[guard] = result = TryAll(troupe, guard);
        }

        return Trial.Parse(escape.Name, result.Output);
    }

    private static Result TryAll(Troupe troupe, Guard guard)
    {
        string[] programs = [.. EscapeTable.All.SelectMany(escape => escape.Needs).Select(need => InnerEnvironment.Find(need.Program)).Where(path => path.Length > 0).Distinct()];
        (string, byte[])[] files =
        [
            ("bin/acrobat", File.ReadAllBytes(troupe.Acrobat)),
            ("trial.sh", File.ReadAllBytes(troupe.Driver)),
            .. EscapeTable.All.Select(escape => ("trials/" + escape.Name, File.ReadAllBytes(Path.Combine(troupe.Scripts, escape.Name)))),
        ];
        string prepare = """
            mkdir /dev/pts && mount -t devpts devpts /dev/pts
            export TRIALS=/trials

            """;
        IEnumerable<string> trials = EscapeTable.All
            .Where(escape => !escape.NeedsFreezer)
            .Select(escape => "sh /trial.sh " + string.Join(' ', Trial.Arguments(escape, guard)));
        return GuestMachine.Run(prepare + string.Join('\n', trials), programs, files);
    }
}
