namespace BuildGuard.Diagnostics;

/// <summary>Where messages go. May be used from several threads at once; never throws.</summary>
public interface IMessageSink
{
    /// <summary>Says one thing.</summary>
    void Say(GuardMessage message);

    /// <summary>Whether messages of ordinary life reach anybody. If not, nobody need wake up to say one.</summary>
    bool IsQuiet => false;
}

/// <summary>Takes finished lines, newline included, each in one piece.</summary>
public interface ILineWriter
{
    /// <summary>Writes one line.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    void Write(ReadOnlySpan<byte> line);
}
