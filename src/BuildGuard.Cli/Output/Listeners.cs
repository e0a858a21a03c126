using BuildGuard.Cli.CommandLine;
using BuildGuard.Cli.Verbs;
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

        IMessageSink own = MessageSink.Text(new DescriptorWriter(StandardStreams.Error));
        return line.Has(RunOptions.WithParent) && Array.IndexOf(line.Command, PipeOption) >= 0 && parent.OpenError() is { } runner
            ? new PastRunner(own, MessageSink.Text(runner))
            : own;
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
