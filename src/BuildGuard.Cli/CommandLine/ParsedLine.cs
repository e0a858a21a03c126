using BuildGuard.Settings;

namespace BuildGuard.Cli.CommandLine;

/// <summary>A command line that was understood.</summary>
/// <param name="Given">The options in their order; the text is empty for one without a value.</param>
/// <param name="Command">The command to run with its arguments; empty for verbs that run none.</param>
internal sealed record ParsedLine(List<(OptionSpec Option, string Text)> Given, string[] Command)
{
    /// <summary>Whether an option was given.</summary>
    public bool Has(OptionSpec option)
    {
        foreach ((OptionSpec given, _) in Given)
        {
            if (given == option)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The text of an option; <c>null</c> if it was not given.</summary>
    public string? Text(OptionSpec option)
    {
        foreach ((OptionSpec given, string text) in Given)
        {
            if (given == option)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>All texts of an option that may be repeated.</summary>
    public string[] All(OptionSpec option)
    {
        var texts = new List<string>();
        foreach ((OptionSpec given, string text) in Given)
        {
            if (given == option)
            {
                texts.Add(text);
            }
        }

        return [.. texts];
    }

    /// <summary>The options that are settings, for the resolver.</summary>
    public SettingInput[] Settings()
    {
        var inputs = new List<SettingInput>();
        foreach ((OptionSpec option, string text) in Given)
        {
            if (option.Setting is not { } setting)
            {
                continue;
            }

            int same = inputs.FindIndex(i => i.Setting == setting);
            if (same >= 0)
            {
                inputs[same] = inputs[same] with { Text = inputs[same].Text + ";" + text };
            }
            else
            {
                inputs.Add(new SettingInput(setting, option.Value is null ? "true" : text, option.Name));
            }
        }

        return [.. inputs];
    }
}
