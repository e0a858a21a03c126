using BuildGuard.Platform.Tests.Taker;

// taker run OPTIONS -- COMMAND…     runs the command in a container, and reports in JSON to --report
// taker reap OPTIONS                ends what a dead taker left
// taker find OPTIONS                the same look, without ending anything
// taker middleman -- COMMAND…       a child subreaper of its own between the command and the container
// taker spawn N                     starts and awaits `true` N times while other threads allocate
// taker threads N                   N threads in one process
// taker hoard                       takes memory from the garbage collector, without end
// taker wake                        waits, and is woken by another thread
return args switch
{
    ["run", .. var rest] => Runner.Run(Options.Parse(rest)),
    ["reap", .. var rest] => Reaper.Reap(Options.Parse(rest)),
    ["find", .. var rest] => Reaper.Find(Options.Parse(rest)),
    ["spawn", var count] => SpawnStress.Run(int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)),
    ["threads", var count] => Threads.Run(int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)),
    ["hoard"] => Hoard.Run(),
    ["wake"] => WakeUp.Run(),
    _ => 2,
};
