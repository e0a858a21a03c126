using BuildGuard.Cli.Ci;
using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Runs;
using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux;
using BuildGuard.Platform.Unix;

namespace BuildGuard.Cli.Output;

/// <summary>Who hears what <c>buildguard run</c> has to say.</summary>
internal static class Listeners
{
    /// <summary>What the "dotnet test" of Microsoft.Testing.Platform tells its applications: the pipe of its protocol.</summary>
    private const string PipeOption = "--dotnet-test-pipe";

    /// <summary>
    /// The task that started us, the people at the runner of a test application, else our standard error.
    /// </summary>
    /// <param name="line">Our command line.</param>
    /// <param name="parent">Who started us.</param>
    public static IMessageSink Of(ParsedLine line, ParentProcess parent)
    {
        if (line.Text(RunOptions.Messages) is { } file)
        {
            return MessageSink.JsonLines(new AppendingWriter(file));
        }

        CiFormat? service = CiService.Of(line.Text(RunOptions.Ci));
        if (line.Has(RunOptions.WithParent) && Array.IndexOf(line.Command, PipeOption) >= 0 && parent.OpenError() is { } runner)
        {
            // Between the lines of that runner nothing is folded. What a service shows beside the build is said once.
            return service is null
                ? new PastRunner(MessageSink.Text(new DescriptorWriter(StandardStreams.Error)), MessageSink.Text(runner))
                : new CiLog(runner, service, isWaiting: false);
        }

        return ToStandardError(service, line.Text(RunOptions.Kind) is null);
    }

    /// <summary>People, or the build service that reads for them.</summary>
    /// <param name="service">How that wants its log written; <c>null</c> if there is none.</param>
    /// <param name="isWaiting">Whether what comes first belongs to a wait for the turn, which ends when a command starts.</param>
    public static IMessageSink ToStandardError(CiFormat? service, bool isWaiting = false)
    {
        var writer = new DescriptorWriter(StandardStreams.Error);
        return service is null ? MessageSink.Text(new FoldingLines(writer)) : new CiLog(writer, service, isWaiting);
    }

    /// <summary>
    /// That runner keeps what its applications write to standard error, and shows it when one of them has failed: so errors
    /// are well there, and whoever waits would be told when it is over.
    /// </summary>
    private sealed class PastRunner(IMessageSink own, IMessageSink people) : IMessageSink
    {
        public void Say(GuardMessage message) => (message.Level == MessageLevel.Error ? own : people).Say(message);
    }
}
