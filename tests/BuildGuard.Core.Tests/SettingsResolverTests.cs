using BuildGuard.Diagnostics;
using BuildGuard.Settings;
using CsCheck;

namespace BuildGuard.Core.Tests;

[TestClass]
public sealed class SettingsResolverTests
{
    private static readonly string[] s_nobody = [];
    private static readonly SettingInput[] s_nothing = [];

    private static readonly MachineFacts Large = new(64L << 30, 16);

    [TestMethod]
    public void Defaults_are_those_of_the_contract()
    {
        GuardSettings settings = Resolve(machine: new MachineFacts(24L << 30, 4));
        Assert.AreEqual("user", settings.Lock);
        Assert.AreEqual(1, settings.Slots);
        Assert.AreEqual(8L << 30, settings.MaxMemory);
        Assert.AreEqual(20, settings.MaxProcesses);
        Assert.AreEqual(1024, settings.MaxOpenFiles);
        Assert.IsFalse(settings.MaxOpenFilesExplicit);
        Assert.IsNull(settings.Timeout);
        Assert.AreEqual(TimeSpan.FromMinutes(5), settings.Stall);
        Assert.IsFalse(settings.StallKills);
        Assert.AreEqual("wait:10m", settings.Preflight.ToString());
        Assert.AreEqual(4L << 30, settings.MinFreeMemory);
        Assert.AreEqual(8.0, settings.MaxLoad);
        Assert.AreEqual(0, settings.Keep.Count);
        Assert.AreEqual(0, settings.MonitorEnds.Count);
        Assert.IsTrue(settings.SequentialTests);
        Assert.IsTrue(settings.RecordCommands);
        Assert.AreEqual(TimeSpan.FromSeconds(5), settings.Grace);
        Assert.IsFalse(settings.Quiet);
    }

    [TestMethod]
    [DataRow(1L << 30, 2, (1L << 30) / 5 * 4, 256L << 20, 8.0)]
    [DataRow(8L << 30, 8, (8L << 30) / 5 * 4, 2L << 30, 8.0)]
    [DataRow(64L << 30, 32, 8L << 30, 4L << 30, 32.0)]
    [DataRow(1_000_000_007L, 1, 1_000_000_007L / 5 * 4, 250_000_001L, 8.0)]
    public void Defaults_follow_the_machine(long memory, int cores, long maxMemory, long minFree, double maxLoad)
    {
        GuardSettings settings = Resolve(machine: new MachineFacts(memory, cores));
        Assert.AreEqual(maxMemory, settings.MaxMemory);
        Assert.AreEqual(minFree, settings.MinFreeMemory);
        Assert.AreEqual(maxLoad, settings.MaxLoad);
    }

    /// <summary>Whatever subset of the sources speaks, the strongest of them is heard and named.</summary>
    [TestMethod]
    public void The_strongest_source_wins() =>
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool).Sample((option, variable, property, file) =>
        {
            GuardSettings settings = Resolve(
                options: option ? [new SettingInput(Setting.Slots, "2", "--slots")] : [],
                environment: variable ? [("BUILDGUARD_SLOTS", "3")] : [],
                properties: property ? ["Slots=4"] : [],
                files: file ? new FakeSettingsFiles(("/src", "{\"slots\": 5}")) : new FakeSettingsFiles());
            string source = settings.Inputs.Single(i => i.Setting == Setting.Slots).Source;
            return (settings.Slots, source) == (option, variable, property, file) switch
            {
                (true, _, _, _) => (2, "--slots"),
                (_, true, _, _) => (3, "BUILDGUARD_SLOTS"),
                (_, _, true, _) => (4, "property BuildGuardSlots"),
                (_, _, _, true) => (5, "/src/buildguard.json"),
                _ => (1, "default"),
            };
        });

    [TestMethod]
    public void Every_setting_can_be_given_in_every_way()
    {
        foreach (Setting setting in SettingNames.All)
        {
            string text = SampleOf(setting);
            string json = $"{{\"{setting.JsonName()}\": \"{text}\"}}";
            foreach (GuardSettings settings in (GuardSettings[])
            [
                Resolve(options: [new SettingInput(setting, text, "--x")]),
                Resolve(environment: [(setting.EnvironmentVariable(), text)]),
                Resolve(properties: [$"{setting.Name()}={text}"]),
                Resolve(files: new FakeSettingsFiles(("/src", json))),
            ])
            {
                SettingInput input = settings.Inputs.Single(i => i.Setting == setting);
                Assert.AreEqual(text, input.Text, setting.Name());
                Assert.AreNotEqual("default", input.Source, setting.Name());
                Assert.AreNotEqual(
                    Resolve() with { Inputs = s_nothing, Keep = s_nobody, MonitorEnds = s_nobody },
                    settings with
                    {
                        Inputs = s_nothing,
                        Keep = setting == Setting.Keep ? settings.Keep : s_nobody,
                        MonitorEnds = setting == Setting.MonitorEnds ? settings.MonitorEnds : s_nobody,
                    });
            }
        }
    }

    [TestMethod]
    public void Names_follow_one_rule()
    {
        foreach (Setting setting in SettingNames.All)
        {
            string snake = string.Concat(setting.Name().Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + c : c.ToString())).ToUpperInvariant();
            Assert.AreEqual("BUILDGUARD_" + snake, setting.EnvironmentVariable());
            Assert.AreEqual(setting.ToString(), setting.Name());
        }

        Assert.AreEqual(Enum.GetValues<Setting>().Length, SettingNames.All.Length);
    }

    [TestMethod]
    public void Empty_means_not_set()
    {
        GuardSettings settings = Resolve(environment: [("BUILDGUARD_SLOTS", " ")], properties: ["Slots=", "MaxProcesses= "]);
        Assert.AreEqual(1, settings.Slots);
        Assert.AreEqual(20, settings.MaxProcesses);
    }

    [TestMethod]
    public void Open_files_are_a_hard_limit_only_when_asked_for()
    {
        Assert.IsTrue(Resolve(properties: ["MaxOpenFiles=1024"]).ToLimits().OpenFilesHard);
        Assert.IsFalse(Resolve().ToLimits().OpenFilesHard);
    }

    [TestMethod]
    [DataRow("5m", 300, false)]
    [DataRow("10s:kill", 10, true)]
    [DataRow("10s:KILL", 10, true)]
    [DataRow("10s:warn", 10, false)]
    public void Stall_may_kill(string text, int seconds, bool kills)
    {
        GuardSettings settings = Resolve(environment: [("BUILDGUARD_STALL", text)]);
        Assert.AreEqual(TimeSpan.FromSeconds(seconds), settings.Stall);
        Assert.AreEqual(kills, settings.StallKills);
    }

    [TestMethod]
    [DataRow("a;b")]
    [DataRow("a, b,")]
    [DataRow("\n  a\n  b\n")]
    public void Names_are_separated_as_msbuild_and_people_do(string text)
    {
        CollectionAssert.AreEqual((string[])["a", "b"], Resolve(environment: [("BUILDGUARD_KEEP", text)]).Keep.ToArray());
        CollectionAssert.AreEqual((string[])["a", "b"], Resolve(environment: [("BUILDGUARD_MONITOR_ENDS", text)]).MonitorEnds.ToArray());
    }

    [TestMethod]
    public void None_takes_a_limit_away()
    {
        GuardSettings settings = Resolve(properties: ["MaxMemory=none", "MaxProcesses=none", "MaxOpenFiles=none", "Stall=none", "MinFreeMemory=none", "MaxLoad=none", "Keep=none", "Timeout=none"]);
        Assert.IsNull(settings.MaxMemory);
        Assert.IsNull(settings.MaxProcesses);
        Assert.IsNull(settings.MaxOpenFiles);
        Assert.IsNull(settings.Stall);
        Assert.AreEqual(0, settings.MinFreeMemory);
        Assert.IsNull(settings.MaxLoad);
        Assert.AreEqual(0, settings.Keep.Count);
    }

    [TestMethod]
    [DataRow(Setting.Lock, "Über")]
    [DataRow(Setting.Lock, "../x")]
    [DataRow(Setting.Slots, "0")]
    [DataRow(Setting.Slots, "1.5")]
    [DataRow(Setting.MaxMemory, "0")]
    [DataRow(Setting.MaxMemory, "8")]
    [DataRow(Setting.MaxProcesses, "0")]
    [DataRow(Setting.MaxProcesses, "-3")]
    [DataRow(Setting.MaxOpenFiles, "3")]
    [DataRow(Setting.Timeout, "0s")]
    [DataRow(Setting.Timeout, "30")]
    [DataRow(Setting.Stall, "5m:die")]
    [DataRow(Setting.Stall, "kill")]
    [DataRow(Setting.Grace, "none")]
    [DataRow(Setting.Preflight, "maybe")]
    [DataRow(Setting.MinFreeMemory, "-1")]
    [DataRow(Setting.MaxLoad, "0")]
    [DataRow(Setting.MaxLoad, "-1")]
    [DataRow(Setting.MaxLoad, "NaN")]
    [DataRow(Setting.MaxLoad, "∞")]
    [DataRow(Setting.MaxLoad, "1,5")]
    [DataRow(Setting.Keep, "a/b")]
    [DataRow(Setting.MonitorEnds, "a;/b")]
    [DataRow(Setting.SequentialTests, "yes")]
    [DataRow(Setting.RecordCommands, "off")]
    public void A_bad_value_is_named_with_its_source_and_what_was_expected(Setting setting, string text)
    {
        foreach ((string source, Func<GuardSettings> resolve) in ((string, Func<GuardSettings>)[])
        [
            ("--option", () => Resolve(options: [new SettingInput(setting, text, "--option")])),
            (setting.EnvironmentVariable(), () => Resolve(environment: [(setting.EnvironmentVariable(), text)])),
            ($"property BuildGuard{setting.Name()}", () => Resolve(properties: [$"{setting.Name()}={text}"])),
        ])
        {
            GuardMessage message = Assert.ThrowsExactly<GuardException>(resolve).Problem;
            Assert.AreEqual("BG0003", message.Code);
            Assert.AreEqual(MessageLevel.Error, message.Level);
            StringAssert.StartsWith(message.Text, $"{setting.Name()}='{text}' ({source}) cannot be understood: expected ");
        }
    }

    [TestMethod]
    [DataRow("Slots")]
    [DataRow("=3")]
    [DataRow("Slotz=3")]
    [DataRow("")]
    public void A_property_that_is_none_is_refused(string property) =>
        Assert.AreEqual("BG0003", Assert.ThrowsExactly<GuardException>(() => Resolve(properties: [property])).Problem.Code);

    [TestMethod]
    [DataRow(null, false)]
    [DataRow("", false)]
    [DataRow("0", false)]
    [DataRow("False", false)]
    [DataRow("1", true)]
    [DataRow("TRUE", true)]
    [DataRow(" 1 ", true)]
    public void Disable_is_on_or_off(string? text, bool disabled) =>
        Assert.AreEqual(disabled, Resolver([("BUILDGUARD_DISABLE", text)]).IsDisabled());

    [TestMethod]
    public void Disable_that_is_neither_is_refused()
    {
        GuardMessage message = Assert.ThrowsExactly<GuardException>(() => Resolver([("BUILDGUARD_DISABLE", "yes please")]).IsDisabled()).Problem;
        Assert.AreEqual("Disable='yes please' (BUILDGUARD_DISABLE) cannot be understood: expected 1 or true, 0 or false", message.Text);
    }

    [TestMethod]
    public void A_value_cannot_break_the_message_into_lines() =>
        Assert.AreEqual(
            "Slots='1 \ufffd[31m' (BUILDGUARD_SLOTS) cannot be understood: expected a whole number from 1 to 1024",
            Assert.ThrowsExactly<GuardException>(() => Resolve(environment: [("BUILDGUARD_SLOTS", "1\n\u001b[31m")])).Problem.Text);

    private static SettingsResolver Resolver((string Name, string? Value)[] environment) => new(
        name => environment.FirstOrDefault(e => e.Name == name).Value,
        new FakeSettingsFiles(),
        () => Large);

    private static GuardSettings Resolve(
        SettingInput[]? options = null,
        (string Name, string Value)[]? environment = null,
        string[]? properties = null,
        FakeSettingsFiles? files = null,
        MachineFacts? machine = null) =>
        new SettingsResolver(
            name => environment?.FirstOrDefault(e => e.Name == name).Value,
            files ?? new FakeSettingsFiles(),
            () => machine ?? Large).Resolve(options ?? [], properties ?? [], "/src/app");

    private static string SampleOf(Setting setting) => setting switch
    {
        Setting.Lock => "nightly",
        Setting.Preflight => "warn",
        Setting.MaxMemory or Setting.MinFreeMemory => "123M",
        Setting.Timeout or Setting.Stall or Setting.Grace => "77s",
        Setting.Keep or Setting.MonitorEnds => "adb",
        Setting.SequentialTests or Setting.RecordCommands => "false",
        Setting.Quiet => "true",
        _ => "33",
    };
}
