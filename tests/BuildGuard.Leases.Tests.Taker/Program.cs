using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Leases.Taker;
using BuildGuard.Platform.Unix;

var options = new Options(args);
if (options is { Flock: { } flock, Stamps: { } flockStamps })
{
    Stamps.TakeFlock(flock, flockStamps);
    return 0;
}

var witness = new Witness(options.Witness, options.Log, options.MostSlots, options.Slots);
var processes = new ProcTable();
using var stdout = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
using var stdin = new StreamReader(Console.OpenStandardInput());
Ticket? current = null;
bool stopped = false, left = false;
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    left = true;
    Volatile.Read(ref current)?.Leave();

    Native.ExitNow(128 + Native.SIGTERM);
});

try
{
    IStateFiles files = new UnixStateFiles();
    if (options.StopBefore is not null || options.DieAt is not null)
    {
        files = new SteppedFiles(files, new SelfSteps(options.StopBefore, options.DieAt));
    }

    var leftovers = new KillLeftovers(processes, witness.Note);
    var layout = new StateLayout(options.State, options.Machine);
    if (options.Reap)
    {
        Reap(new Reaper(files, leftovers, layout));
        return 0;
    }

    var tree = new LeaseTree(files, processes, leftovers, layout);
    for (int i = 0; i < (options.Times ?? 1); i++)
    {
        Take(tree);
        if (options.Until is { } end && File.Exists(end))
        {
            break;
        }
    }

    return 0;
}
catch (InvalidOperationException) when (left)
{
    // SIGTERM came between the turn and the grant; it ends the program.
    Thread.Sleep(Timeout.Infinite);
    return 1;
}
catch (GuardException e)
{
    stdout.WriteLine($"error {e.Problem.Code} {e.Problem.Text}");
    return 125;
}

void Reap(Reaper reaper)
{
    while (!File.Exists(options.Until))
    {
        reaper.Reap(static _ => { });
        Thread.Sleep(1);
    }
}

void Take(LeaseTree tree)
{
    Ticket ticket = TakeTurn(tree);
    if (options.Stamps is { } stamps)
    {
        Stamps.Take(stamps, () => tree.Release(ticket));
        return;
    }

    witness.Enter(ticket.Lease);
    if (options.Daemon is { } daemon)
    {
        using Process? child = Process.Start("setsid", ["-f", .. daemon.Split(',')]);
        child?.WaitForExit();
    }

    if (options.Times is null)
    {
        stdout.WriteLine($"turn {ticket.Lease}");
        if (options.Then is { } go)
        {
            RunChild(go);
        }

        _ = stdin.ReadLine();
    }
    else
    {
        Hold();
    }

    witness.Leave(ticket.Lease);
    tree.Release(ticket);
    if (options.Times is null)
    {
        stdout.WriteLine($"released {ticket.Lease}");
    }
}

Ticket TakeTurn(LeaseTree tree)
{
    while (true)
    {
        Ticket ticket = tree.Enter(options.Lock, Environment.GetEnvironmentVariable("BUILDGUARD_LEASE"), Describe(), options.Slots);
        Volatile.Write(ref current, ticket);
        if (options.Times is null && options.Stamps is null)
        {
            stdout.WriteLine($"ticket {ticket.Lease}");
        }

        Turn turn = tree.Wait(ticket);
        if (turn == Turn.Left)
        {
            throw new InvalidOperationException("left");
        }

        if (turn == Turn.Come)
        {
            if (options.StopBeforeGrant && !stopped)
            {
                stopped = true;
                Native.Signal(Environment.ProcessId, Native.SIGSTOP);
            }

            if (ticket.Grant(new GrantRecord(DateTimeOffset.UtcNow, "")))
            {
                return ticket;
            }

            tree.Release(ticket);
        }

        if (options.Times is null)
        {
            stdout.WriteLine("displaced");
        }
    }
}

void RunChild(string go)
{
    while (!File.Exists(go))
    {
        Thread.Sleep(1);
    }

    var start = new ProcessStartInfo(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "taker.dll"), "--state", options.State])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    };
    start.Environment.Remove("BUILDGUARD_LEASE");
    using Process child = Process.Start(start)!;
    child.StandardInput.Close();
    foreach (string line in child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
    {
        stdout.WriteLine($"child {line}");
    }

    child.WaitForExit();
}

void Hold()
{
    // Mostly short, sometimes long enough to be met by a signal.
    int most = options.HoldMicroseconds;
    int length = most == 0 ? 0 : Random.Shared.Next(4) == 0 ? most : Random.Shared.Next(1 + (most / 10));
    if (length > 0)
    {
        Thread.Sleep(TimeSpan.FromMicroseconds(length));
    }
}

LeaseRecord Describe() => new()
{
    Kind = LeaseKind.Operation,
    Holder = processes.Self,
    Label = "taker",
    User = processes.UserName,
    EnqueuedAt = options.EnqueuedAt is { } at ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture) : DateTimeOffset.UtcNow,
};
