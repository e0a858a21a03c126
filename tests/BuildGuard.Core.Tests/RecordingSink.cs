using BuildGuard.Diagnostics;

namespace BuildGuard.Core.Tests;

/// <summary>Keeps what was said.</summary>
internal sealed class RecordingSink : IMessageSink
{
    public List<GuardMessage> Said { get; } = [];

    public void Say(GuardMessage message) => Said.Add(message);
}
