namespace BuildGuard.Platform.Linux.Systemd;

/// <summary>A transient scope to ask for: <c>systemd.scope(5)</c>.</summary>
/// <param name="Unit">Its name.</param>
/// <param name="Description">What it is, for those who list units.</param>
/// <param name="Pid">The one process it is to hold.</param>
/// <param name="Terms">What it must not leave behind.</param>
internal sealed record ScopeRequest(string Unit, string Description, int Pid, ScopeTerms Terms)
{
    /// <summary>The types of StartTransientUnit's arguments: name, mode, properties, auxiliary units.</summary>
    public const string Signature = "ssa(sv)a(sa(sv))";

    /// <summary>Writes them.</summary>
    public void Write(DBusWriter body)
    {
        body.Text(Unit);
        body.Text("fail");
        body.Array(8, properties =>
        {
            Text(properties, "Description", Description);

            // Gone as soon as it is empty, even if something in it failed.
            Text(properties, "CollectMode", "inactive-or-failed");
            Property(properties, "PIDs", "au", value => value.Array(4, pids => pids.Number((uint)Pid)));
            Texts(properties, "DelegateControllers", ["memory", "pids"]);
            if (Terms.Slice is { } slice)
            {
                Text(properties, "Slice", slice);
            }

            if (Terms.Service is { } service)
            {
                Texts(properties, "BindsTo", [service]);
                Texts(properties, "After", [service]);
            }

            Limit(properties, "MemoryMax", Terms.MemoryMax);
            Limit(properties, "MemorySwapMax", Terms.SwapMax);
            Limit(properties, "TasksMax", Terms.TasksMax);
        });
        body.Array(8, static _ => { });
    }

    private static void Text(DBusWriter properties, string name, string text) =>
        Property(properties, name, "s", value => value.Text(text));

    private static void Texts(DBusWriter properties, string name, string[] texts) =>
        Property(properties, name, "as", value => value.Array(4, all => Array.ForEach(texts, all.Text)));

    private static void Limit(DBusWriter properties, string name, long? limit)
    {
        if (limit is { } bytes)
        {
            Property(properties, name, "t", value => value.Number((ulong)bytes));
        }
    }

    private static void Property(DBusWriter properties, string name, string type, Action<DBusWriter> value)
    {
        properties.Align(8);
        properties.Text(name);
        properties.Signature(type);
        value(properties);
    }
}
