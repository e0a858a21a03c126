using BuildGuard.Processes;

namespace BuildGuard.Leases.Taker;

/// <summary>One open file of <see cref="SteppedFiles"/>.</summary>
internal sealed class SteppedLockFile(LockFile inner, ISteps steps, string path) : LockFile
{
    public override void LockExclusive() => Lock("lockExclusive", inner.LockExclusive, inner.TryLockExclusive);

    public override bool TryLockExclusive() => steps.Do("tryLockExclusive", path, inner.TryLockExclusive);

    public override void LockShared() => Lock("lockShared", inner.LockShared, inner.TryLockShared);

    public override bool TryLockShared() => steps.Do("tryLockShared", path, inner.TryLockShared);

    public override void Unlock() => steps.Do("unlock", path, () => { inner.Unlock(); return 0; });

    public override int Read(Span<byte> buffer, long offset)
    {
        byte[] bytes = new byte[buffer.Length];
        int read = steps.Do("read", path, () => inner.Read(bytes, offset));
        bytes.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    public override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        byte[] copy = bytes.ToArray();
        steps.Do("write", path, () => { inner.Write(copy, offset); return 0; });
    }

    public override void Publish() => steps.Do("publish", path, () => { inner.Publish(); return 0; });

    public override bool CanSpeakFor(ProcessIdentity process) => steps.Do("canSpeakFor", path, () => inner.CanSpeakFor(process));

    public override uint? User => steps.Do("user", path, () => inner.User);

    public override bool IsOwn => steps.Do("isOwn", path, () => inner.IsOwn);

    public override bool IsDeleted => inner.IsDeleted;

    public override bool IsAt(string path) => steps.Do("isAt", path, () => inner.IsAt(path));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            steps.Close(inner);
        }
    }

    private void Lock(string step, Action wait, Func<bool> tryNow)
    {
        if (steps.MayBlock)
        {
            steps.Do(step, path, () => { wait(); return 0; });
            return;
        }

        while (!steps.Do(step, path, tryNow))
        {
            Thread.Sleep(1);
        }
    }
}
