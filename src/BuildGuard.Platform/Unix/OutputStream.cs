namespace BuildGuard.Platform.Unix;

/// <summary>Standard output could not be written.</summary>
/// <param name="error">The error number of write(2).</param>
public sealed class OutputException(int error) : IOException(UnixFileApi.Reason(error))
{
    private const int EPIPE = 32;

    /// <summary>Whether the one who read it has gone: <c>| head -1</c>. Nothing to complain about.</summary>
    public bool IsReaderGone { get; } = error == EPIPE;
}

/// <summary>
/// Standard output as a stream. The one of System.Console takes a reader that has gone for success, so that
/// <c>queue --watch | head -1</c> would never end.
/// </summary>
public sealed class OutputStream : Stream
{
    private readonly DescriptorWriter _writer = new(StandardStreams.Out);

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="OutputException">It could not be written whole.</exception>
    public override void Write(ReadOnlySpan<byte> buffer) => _writer.Write(buffer);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
