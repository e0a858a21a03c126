using System.Globalization;
using BuildGuard.Diagnostics;

namespace BuildGuard.Settings;

/// <summary>
/// Decides who wins: options of the program, the environment, MSBuild properties (<c>--property</c>), the nearest
/// <c>buildguard.json</c>, defaults.
/// </summary>
public sealed class SettingsResolver
{
    private readonly Func<string, string?> _environment;
    private readonly ISettingsFiles _files;
    private readonly Func<MachineFacts> _machine;

    /// <summary>A resolver.</summary>
    /// <param name="environment">The value of an environment variable; <c>null</c> if it is not set.</param>
    /// <param name="files">Where <c>buildguard.json</c> is looked for.</param>
    /// <param name="machine">What the defaults depend on; asked only if a default needs it.</param>
    public SettingsResolver(Func<string, string?> environment, ISettingsFiles files, Func<MachineFacts> machine)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(machine);
        (_environment, _files, _machine) = (environment, files, machine);
    }

    /// <summary>
    /// Whether <c>BUILDGUARD_DISABLE</c> asks for no guarding at all. It is not a setting: nothing ranks above it.
    /// </summary>
    /// <exception cref="GuardException">BG0003: it is neither on nor off.</exception>
    public bool IsDisabled()
    {
        const string Variable = "BUILDGUARD_DISABLE";
        string? text = _environment(Variable)?.Trim();
        return !string.IsNullOrEmpty(text)
            && (SettingValue.Flag(text)
                ?? throw new GuardException(Messages.BadSetting("Disable", text, Variable, "1 or true, 0 or false")));
    }

    /// <summary>Resolves all settings.</summary>
    /// <param name="options">What the program's own options said; the source is the option's name.</param>
    /// <param name="properties">MSBuild properties as <c>NAME=VALUE</c>; an empty value counts as not set.</param>
    /// <param name="directory">The working directory, absolute; <c>null</c>: there is none any more, and so no file.</param>
    /// <exception cref="GuardException">BG0003 or BG0004: a value cannot be understood.</exception>
    public GuardSettings Resolve(ReadOnlySpan<SettingInput> options, ReadOnlySpan<string> properties, string? directory)
    {
        var given = new SettingInput?[SettingNames.All.Length];

        // From the strongest to the weakest: who comes first stays.
        foreach (SettingInput option in options)
        {
            Take(given, option);
        }

        foreach (Setting setting in SettingNames.All)
        {
            string variable = setting.EnvironmentVariable();
            if (_environment(variable) is { } text && !string.IsNullOrWhiteSpace(text))
            {
                Take(given, new SettingInput(setting, text, variable));
            }
        }

        foreach (string property in properties)
        {
            SettingInput? input = Property(property);
            if (input is not null)
            {
                Take(given, input);
            }
        }

        foreach (SettingInput input in SettingsFile.ReadNearest(_files, directory))
        {
            Take(given, input);
        }

        return Build(given);
    }

    /// <summary>
    /// A weaker source does not count where a stronger one has spoken. What it says must still make sense: it would be found
    /// out on the day when the stronger one is gone.
    /// </summary>
    private static void Take(SettingInput?[] given, SettingInput input)
    {
        if (given[(int)input.Setting] is null)
        {
            given[(int)input.Setting] = input;
        }
        else if (SettingValue.Apply(input.Setting, input.Text, new GuardSettings(), out _) is { } expected)
        {
            throw new GuardException(Messages.BadSetting(input.Setting.Name(), input.Text, input.Source, expected));
        }
    }

    private GuardSettings Build(SettingInput?[] given)
    {
        var inputs = new SettingInput[given.Length];
        var settings = new GuardSettings();
        for (int i = 0; i < given.Length; i++)
        {
            SettingInput input = given[i] ?? new SettingInput((Setting)i, DefaultOf((Setting)i), SettingInput.Default);
            string? expected = SettingValue.Apply(input.Setting, input.Text, settings, out settings);
            if (expected is not null)
            {
                throw new GuardException(Messages.BadSetting(input.Setting.Name(), input.Text, input.Source, expected));
            }

            inputs[i] = input;
        }

        return settings with
        {
            Inputs = inputs,
            MaxOpenFilesExplicit = given[(int)Setting.MaxOpenFiles] is not null,
        };
    }

    private string DefaultOf(Setting setting) => setting switch
    {
        Setting.Lock => "user",
        Setting.Slots => "1",
        Setting.MaxMemory => Text(Math.Min(8L << 30, Math.Max(1 << 20, _machine().UsableMemoryBytes / 5 * 4))),
        Setting.MaxProcesses => "20",
        Setting.MaxOpenFiles => "1024",
        Setting.Timeout => "none",
        Setting.Stall => "5m",
        Setting.Grace => "5s",
        Setting.Preflight => "wait:10m",
        Setting.MinFreeMemory => Text(Math.Min(4L << 30, _machine().UsableMemoryBytes / 4)),
        Setting.MaxLoad => Math.Max(8.0, _machine().Cores).ToString("0.0", CultureInfo.InvariantCulture),
        Setting.Keep or Setting.MonitorEnds => "none",
        Setting.SequentialTests => "true",
        Setting.RecordCommands => "true",
        Setting.Quiet => "false",
        _ => throw new ArgumentOutOfRangeException(nameof(setting)),
    };

    /// <summary>Exact: a rounded default would be another limit than the documented one.</summary>
    private static string Text(long bytes) =>
        bytes % (1 << 20) == 0 ? Size.ToText(bytes) is var text && Size.TryParse(text, out long same) && same == bytes ? text : $"{bytes >> 20}M"
            : bytes.ToString(CultureInfo.InvariantCulture);

    private static SettingInput? Property(string property)
    {
        int equals = property.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1 || !SettingNames.TryFind(property.AsSpan(0, equals), out Setting setting))
        {
            string known = string.Join(", ", SettingNames.All.Select(s => s.Name()));
            throw new GuardException(Messages.BadSetting("--property", property, "command line", $"NAME=VALUE with one of the names {known}"));
        }

        string value = property[(equals + 1)..];
        return string.IsNullOrWhiteSpace(value) ? null : new SettingInput(setting, value, $"property BuildGuard{setting.Name()}");
    }
}
