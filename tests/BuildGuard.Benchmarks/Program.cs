using System.Diagnostics;
using System.Globalization;
using BuildGuard.Benchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string? helper = Option("--helper") ?? Found("artifacts/helper/linux-x64/buildguard");
string? taker = Option("--taker") ?? Found("artifacts/taker/linux-x64/taker");
string[] which = (Option("--only") ?? "handoff,tools,parked,run,rungs,endings,sampling,builds").Split(',');
string scratch = Directory.CreateTempSubdirectory("buildguard-benchmarks-").FullName;
Console.WriteLine($"{Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Trim()}");
try
{
    if (taker is null)
    {
        Console.WriteLine("no native taker: dotnet publish tests/BuildGuard.Leases.Tests.Taker -c Release -r linux-x64 -p:PublishAot=true -o artifacts/taker/linux-x64");
    }
    else if (which.Contains("handoff"))
    {
        var handOff = new HandOff(taker, scratch);
        HandOffs("hand-off: lease tree against one flock(2), the same program", "lease", handOff.Lease, handOff.Flock);
    }

    if (helper is null)
    {
        Console.WriteLine("no helper: dotnet pack BuildGuard.sln -c Release, or --helper PATH");
        return 1;
    }

    if (which.Contains("tools"))
    {
        var tools = new ToolHandOff(helper, scratch);
        HandOffs("from one command's start to the next: buildguard run against flock(1)", "buildguard", tools.BuildGuard, tools.Flock);
    }

    if (which.Contains("parked"))
    {
        Parked(helper);
    }

    if (which.Contains("run"))
    {
        Runs(helper);
    }

    if (which.Contains("rungs"))
    {
        RunsOnRungs(helper);
    }

    if (which.Contains("endings") || which.Contains("sampling"))
    {
        Containment(helper);
    }

    if (which.Contains("builds"))
    {
        Builds();
    }

    return 0;
}
finally
{
    Directory.Delete(scratch, recursive: true);
}

void HandOffs(string what, string name, Func<int, IEnumerable<double>> measure, Func<int, IEnumerable<double>> measureFlock)
{
    Console.WriteLine(what);
    foreach (int count in new[] { 10, 100, 1000 })
    {
        // By turns, so that whatever else the machine does hits both; more often for short queues, for a 99th
        // percentile of ten is none.
        var series = new List<double>();
        var flocks = new List<double>();
        for (int i = 0; i < (count == 10 ? 15 : count == 100 ? 5 : 2); i++)
        {
            series.AddRange(measure(count));
            flocks.AddRange(measureFlock(count));
        }

        Figures ours = new(series), theirs = new(flocks);
        Console.WriteLine($"  {count,5} waiters   {name} {ours}   flock {theirs}   ratio p50 {ours.Median / theirs.Median:F2} p99 {ours.P99 / theirs.P99:F2}");
    }
}

void Parked(string program)
{
    const int Count = 1000;
    string state = scratch + "/parked";
    ProcessStartInfo Command(params string[] command)
    {
        var start = new ProcessStartInfo(program, ["run", "--preflight", "off", "--quiet", "--", .. command]);
        start.Environment["BUILDGUARD_STATE_DIR"] = state;
        start.Environment.Remove("BUILDGUARD_LEASE");
        return start;
    }

    using Process holder = Process.Start(Command("sleep", "600"))!;
    while (!Directory.Exists(state + "/locks/user") || Directory.GetFiles(state + "/locks/user").Length < 2)
    {
        Thread.Sleep(5);
    }

    long start = Stopwatch.GetTimestamp();
    using var waiters = new Waiters(Count, () => Command("true"));
    Console.WriteLine($"{Count} waiters (buildguard run), queued up in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
    var memory = new Figures(waiters.PrivateMemory());
    long before = waiters.Ticks();
    Thread.Sleep(TimeSpan.FromSeconds(10));
    Console.WriteLine($"  CPU of all in 10 s: {waiters.Ticks() - before} ticks");
    Console.WriteLine($"  private memory of each: p50 {memory.Median:F0} KiB, p99 {memory.P99:F0} KiB");
    waiters.Dispose();
    holder.Kill();
    holder.WaitForExit();
    using Process last = Process.Start(Command("true"))!;
    last.WaitForExit();
    Console.WriteLine($"  the next one after all were killed: exit {last.ExitCode}");
}

void Runs(string program)
{
    string file = scratch + "/f";
    (string Name, string[] Command)[] rows =
    [
        ("flock f true", ["flock", file, "true"]),
        ("buildguard run true", [program, "run", "--", "true"]),
        ("true", ["true"]),
        .. Installed("tsp", "-nf", "true"),
        .. Installed("sem", "--fg", "true"),
    ];
    Figures[] figures = new WholeRun(scratch).Compare(200, [.. rows.Select(r => r.Command)]);
    Console.WriteLine("whole run, 200 each, in turn");
    for (int i = 0; i < rows.Length; i++)
    {
        Console.WriteLine($"  {rows[i].Name,-20} {figures[i]}   against flock {figures[i].Median / figures[0].Median:F2}");
    }
}

void RunsOnRungs(string program)
{
    string file = scratch + "/f";
    string[] rungs = Rungs();
    Figures[] figures = new WholeRun(scratch).Compare(
        200, [["flock", file, "true"], .. rungs.Select(_ => (string[])[program, "run", "--", "true"])], ["", .. rungs]);
    Console.WriteLine("whole run of 'true' on each rung, 200 each, in turn");
    for (int i = 0; i < figures.Length; i++)
    {
        Console.WriteLine($"  {(i == 0 ? "flock f true" : rungs[i - 1]),-12} {figures[i]}   against flock {figures[i].Median / figures[0].Median:F2}");
    }
}

void Containment(string program)
{
    if (Found("tests/BuildGuard.Integration/Escapes/acrobat.c") is not { } source || Acrobat.Build(source, scratch) is not { } acrobat)
    {
        Console.WriteLine("no acrobat: it needs gcc and libc6-dev");
        return;
    }

    var endings = new Endings(program, acrobat, scratch);
    foreach (string rung in Rungs())
    {
        if (which.Contains("endings"))
        {
            Print("memory limit reached, to empty, 30 times", endings.Breach(rung, 30));
            foreach (int heads in new[] { 200, 2000 })
            {
                List<double> kernel = [];
                (Figures Gone, Figures Over) figures = endings.Hydra(rung, heads, 10, () =>
                {
                    if (Unified() is { } hierarchy)
                    {
                        kernel.Add(endings.KernelAlone(hierarchy, heads));
                    }
                });
                Print($"command left a hydra of {heads} heads, to empty, 10 times", figures);
                Figures alone = new(kernel);
                Console.WriteLine(
                    $"            cgroup.kill alone {alone}   ratio p50 {figures.Gone.Median / alone.Median:F2} gone, {figures.Over.Median / alone.Median:F2} over");
            }
        }

        if (which.Contains("sampling"))
        {
            foreach (int processes in new[] { 20, 500 })
            {
                Console.WriteLine($"  {rung,-9} watching {processes} processes for 20 s: {endings.Sampling(rung, processes, TimeSpan.FromSeconds(20)):F2} % of a core");
            }
        }

        void Print(string what, (Figures Gone, Figures Over) figures) => Console.WriteLine(
            $"  {rung,-9} {what}\n            last process gone {figures.Gone}\n            run is over       {figures.Over}");
    }
}

static string[] Rungs() => Environment.UserName != "root" ? ["bare"]
    : File.Exists("/sys/fs/cgroup/cgroup.controllers") ? ["bare", "cgroupV2"]
    : ["bare", "cgroupV1"];

static string? Unified() => Environment.UserName != "root" ? null
    : new[] { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" }.FirstOrDefault(path => File.Exists(path + "/cgroup.controllers"));

void Builds()
{
    if (Found("artifacts/packages") is not { } packages)
    {
        Console.WriteLine("no package: dotnet pack BuildGuard.sln -c Release");
        return;
    }

    var builds = new GuardedBuilds(packages, Directory.CreateDirectory(scratch + "/builds").FullName);
    Print($"one Exec of 'true', {GuardedBuilds.Execs} in a build, 5 builds each in turn", builds.Exec(5));
    Print($"dotnet build of {GuardedBuilds.Projects} projects with nothing to do, 15 each in turn", builds.NothingToDo(15));
    Print($"dotnet test --no-build of {GuardedBuilds.TestProjects} projects, 3 each in turn", builds.Tests(3));

    static void Print(string what, (Figures Guarded, Figures Stock) figures) => Console.WriteLine(
        $"{what}\n  guarded {figures.Guarded}   stock {figures.Stock}   ratio p50 {figures.Guarded.Median / figures.Stock.Median:F2}");
}

static (string Name, string[] Command)[] Installed(params string[] command) =>
    Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(d => File.Exists($"{d}/{command[0]}"))
        ? [(string.Join(' ', command), command)]
        : [];

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

static string? Found(string path)
{
    for (string? directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
    {
        if (Path.Exists(Path.Combine(directory, path)))
        {
            return Path.Combine(directory, path);
        }
    }

    return null;
}
