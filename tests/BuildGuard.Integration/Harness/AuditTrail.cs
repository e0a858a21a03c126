using System.Text.Json;

namespace BuildGuard.Integration.Harness;

/// <summary>What the guard wrote down, read while it may still be writing.</summary>
internal sealed class AuditTrail(string stateDirectory)
{
    /// <summary>The file.</summary>
    public string File { get; } = Path.Combine(stateDirectory, "audit", "audit.jsonl");

    /// <summary>The events so far; none when the guard never ran.</summary>
    public IReadOnlyList<JsonElement> Events
    {
        get
        {
            if (!System.IO.File.Exists(File))
            {
                return [];
            }

            using var reader = new StreamReader(new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            var text = reader.ReadToEnd();
            var complete = text[..(text.LastIndexOf('\n') + 1)];
            return [.. complete.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        }
    }

    /// <summary>The leases of that kind that were acquired, in order.</summary>
    public IReadOnlyList<JsonElement> Acquired(string kind) => [.. Events.Where(one => Is(one, "event", "acquired") && Is(one, "kind", kind))];

    /// <summary>The lease of the only operation, which stands in the only session.</summary>
    public string OperationInSession()
    {
        var session = Acquired("session").Single().GetProperty("lease").GetString();
        var operation = Acquired("operation").Single().GetProperty("lease").GetString();
        StringAssert.StartsWith(operation, session + "/", StringComparison.Ordinal);
        return operation!;
    }

    /// <summary>Kills the helper of the only operation.</summary>
    public void KillHelper()
    {
        var command = Acquired("operation").Single().GetProperty("pid").GetInt32();
        using var helper = System.Diagnostics.Process.GetProcessById(ProcessStat.Of(command)!.Parent);
        helper.Kill();
    }

    /// <summary>The events of that name, in order.</summary>
    public IReadOnlyList<JsonElement> Named(string name) => [.. Events.Where(one => Is(one, "event", name))];

    private static bool Is(JsonElement one, string member, string value) =>
        one.TryGetProperty(member, out var found) && found.ValueKind == JsonValueKind.String && found.GetString() == value;
}
