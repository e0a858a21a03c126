using System.CommandLine;
using System.Text;
using BuildGuard.Audit;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Output;
using BuildGuard.Cli.Reports;
using BuildGuard.Cli.Views;
using BuildGuard.Diagnostics;
using BuildGuard.Leases;
using BuildGuard.Platform.Unix;
using BuildGuard.Reporting;

namespace BuildGuard.Cli.Verbs;

/// <summary><c>buildguard report</c>: what ran, waited, peaked and was ended, as one page.</summary>
internal static class ReportVerb
{
    private const string DefaultFile = "buildguard-report.html";

    public static Command Command(Composition composition)
    {
        var json = new Option<bool>("--json") { Description = "Print the figures as JSON; a page is written only if --output names it" };
        var output = new Option<string>("--output") { HelpName = "FILE", Description = $"Where the page goes, - for standard output; {DefaultFile} by default" };
        var since = new Option<string>("--since") { HelpName = "DURATION", Description = "Only what happened in that time, as in 12h or 7d" };
        var command = new Command("report", "Write what ran, waited, peaked and was ended as one self-contained HTML page.") { output, since, json };
        command.SetAction(result =>
        {
            if (result.GetValue(output) is "")
            {
                throw new GuardException(Messages.BadUsage("report", "--output expects the name of a file, or -"));
            }

            TimeSpan? time = result.GetValue(since) is { } text ? ViewOptions.DurationOf("report", "--since", text) : null;
            composition.RequireLocksReadable();
            ReportModel model = ModelOf(composition, time);
            string? file = result.GetValue(output) ?? (result.GetValue(json) ? null : DefaultFile);
            if (result.GetValue(json))
            {
                Terminal.WriteJson(writer => ReportJson.Write(writer, model));
            }

            if (file is not null)
            {
                Save(file, ReportPage.Write(model), isTold: !result.GetValue(json));
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static ReportModel ModelOf(Composition composition, TimeSpan? since)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        DateTimeOffset from = since is { } time ? now - time : DateTimeOffset.MinValue;
        var history = new TrailHistory();
        var reader = new AuditReader(composition.AuditFiles, composition.StateDirectoryPath);
        foreach (AuditRecord record in reader.ReadAll())
        {
            if (record.Time >= from)
            {
                history.Add(record);
            }
        }

        List<LeaseUse> holding = [];
        List<TicketView> queue = [];
        foreach (string name in composition.Layout.LockNames(composition.StateFiles).Order(StringComparer.Ordinal))
        {
            TreeSnapshot tree = composition.Viewer.Look(name);
            history.AddPresent(tree, now);
            holding.AddRange(LeaseUse.Of(tree, composition.Processes, composition.Containment));
            queue.AddRange(tree.Queue);
        }

        return new ReportModel(
            history, reader.Skipped, composition.StateDirectoryPath, since, now, TimeZoneInfo.Local, composition.Settings([]).MaxMemory,
            composition.Machine.Facts().UsableMemoryBytes, holding, queue);
    }

    private static void Save(string file, string page, bool isTold)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(page);
        if (file == "-")
        {
            using var output = new OutputStream();
            output.Write(bytes);
            return;
        }

        string path = file;
        try
        {
            path = Path.GetFullPath(file);
            WholeFile.Write(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new GuardException(Messages.PageUnwritable(path, e.Message), e);
        }

        if (isTold)
        {
            Terminal.Exact.WriteLine(path);
        }
    }
}
