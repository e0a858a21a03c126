namespace BuildGuard.Settings;

/// <summary>What happens when the machine is not fit.</summary>
public enum PreflightAction
{
    /// <summary>Refuse at once.</summary>
    Error,

    /// <summary>Wait, then refuse if a time was given.</summary>
    Wait,

    /// <summary>Say so and go on.</summary>
    Warn,

    /// <summary>Do not look.</summary>
    Off,
}

/// <summary>The setting <c>Preflight</c>: <c>error</c>, <c>wait</c>, <c>wait:10m</c>, <c>warn</c>, <c>off</c>.</summary>
/// <param name="Action">What happens when the machine is not fit.</param>
/// <param name="WaitLimit">For <see cref="PreflightAction.Wait"/>: how long; <c>null</c> for without end.</param>
public readonly record struct PreflightMode(PreflightAction Action, TimeSpan? WaitLimit = null)
{
    /// <summary>What a mode looks like, for messages.</summary>
    public const string Expected = "error, wait, wait:DURATION (as in wait:10m), warn or off";

    /// <summary>Reads a mode.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PreflightMode mode)
    {
        text = text.Trim();
        mode = default;
        if (text.StartsWith("wait:", StringComparison.OrdinalIgnoreCase))
        {
            if (!Duration.TryParse(text[5..], out TimeSpan limit))
            {
                return false;
            }

            mode = new PreflightMode(PreflightAction.Wait, limit);
            return true;
        }

        foreach ((string name, PreflightAction action) in
            (ReadOnlySpan<(string, PreflightAction)>)[("error", PreflightAction.Error), ("wait", PreflightAction.Wait), ("warn", PreflightAction.Warn), ("off", PreflightAction.Off)])
        {
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                mode = new PreflightMode(action);
                return true;
            }
        }

        return false;
    }

    /// <summary>The form that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => Action switch
    {
        PreflightAction.Error => "error",
        PreflightAction.Wait when WaitLimit is { } limit => "wait:" + Duration.ToText(limit),
        PreflightAction.Wait => "wait",
        PreflightAction.Warn => "warn",
        _ => "off",
    };
}
