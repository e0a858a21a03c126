using BuildGuard.Audit;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Diagnostics;
using BuildGuard.Settings;

namespace BuildGuard.Cli.Runs;

/// <summary>Notes in the audit trail that something runs unguarded because the user wants it so.</summary>
internal static class Unguarded
{
    /// <summary>Stands for a label that is a command line, where those must not be recorded.</summary>
    private const string NoLabel = "build";

    /// <summary>Says, and notes, that the variable switches the guard off.</summary>
    /// <param name="composition">What the program stands on.</param>
    /// <param name="line">Its command line.</param>
    /// <param name="label">What people see.</param>
    /// <param name="directory">The directory of what runs; the working directory by default.</param>
    /// <param name="messages">Where it is said.</param>
    public static void SayDisabled(Composition composition, ParsedLine line, string label, string? directory, IMessageSink messages)
    {
        GuardMessage message = Messages.Disabled("BUILDGUARD_DISABLE");
        messages.Say(message);
        try
        {
            Note(composition, line, label, directory, message);
        }
        catch (GuardException)
        {
            // Switched off means that the state directory's troubles are nobody's concern today.
        }
    }

    /// <summary>Notes it. A trail that cannot be written is not spoken of: nobody is to be kept from working unguarded.</summary>
    /// <exception cref="GuardException">BG0010 or BG0011: the state directory cannot be used.</exception>
    public static void Note(Composition composition, ParsedLine line, string label, string? directory, GuardMessage message)
    {
        bool mayRecord = Composition.MayRecordCommands(() => composition.Settings(line, directory));
        composition.StateFiles.EnsureDirectory(composition.StateDirectoryPath, shared: false);
        composition.Audit(new GuardSettings { RecordCommands = mayRecord }, MessageSink.Silent).Write(new AuditRecord
        {
            Event = AuditEvent.Degraded,
            Pid = Environment.ProcessId,
            Label = mayRecord ? label : NoLabel,
            WorkingDirectory = mayRecord ? directory : null,
            Code = message.Code,
            Reason = message.Text,
        });
    }
}
