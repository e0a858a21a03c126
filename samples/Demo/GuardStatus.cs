using System.Text.Json;

namespace BuildGuard.Demo;

/// <summary>A lease, as <c>buildguard status --json</c> shows it.</summary>
internal sealed record LeaseRow(string Id, string? Parent, string Kind, string Label, int Pid, long MemoryBytes, long PeakMemoryBytes);

/// <summary>Somebody in the queue, as <c>buildguard status --json</c> shows it. No parent: the queue of the lock itself.</summary>
internal sealed record QueueRow(int Position, int Pid, string? Parent);

/// <summary>Who holds what, and who waits.</summary>
internal sealed record GuardStatus(string Containment, IReadOnlyList<LeaseRow> Leases, IReadOnlyList<QueueRow> Queue)
{
    /// <summary>Reads what the program printed.</summary>
    public static GuardStatus Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        return new GuardStatus(
            root.Text("containment") ?? "",
            [.. root.GetProperty("leases").EnumerateArray().Select(lease => new LeaseRow(
                lease.Text("id")!, lease.Text("parent"), lease.Text("kind")!, lease.Text("label") ?? "",
                (int)lease.Number("pid"), lease.Number("memoryBytes"), lease.Number("peakMemoryBytes")))],
            [.. root.GetProperty("queue").EnumerateArray().Select(entry => new QueueRow(
                (int)entry.Number("position"), (int)entry.Number("pid"), entry.Text("parent")))]);
    }
}

/// <summary>A line of the audit trail, as <c>buildguard log --json</c> shows it.</summary>
internal sealed record AuditEvent(string Event, string Lease, JsonElement Details)
{
    /// <summary>The part of the lease's name that is the turn under the lock.</summary>
    public string Turn => string.Join('/', Lease.Split('/').Take(2));

    /// <summary>The processes that it is about.</summary>
    public IEnumerable<(string Name, string Command)> Processes =>
        Details.TryGetProperty("processes", out JsonElement processes)
            ? processes.EnumerateArray().Select(process => (process.Text("name") ?? "", process.Text("command") ?? ""))
            : [];

    /// <summary>Reads what the program printed, one object a line.</summary>
    public static IReadOnlyList<AuditEvent> Parse(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement.Clone();
            return new AuditEvent(root.Text("event") ?? "", root.Text("lease") ?? "", root);
        })];
}

internal static class JsonMembers
{
    public static string? Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    public static long Number(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.Number ? member.GetInt64() : 0;
}
