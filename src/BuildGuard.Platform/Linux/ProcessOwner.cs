namespace BuildGuard.Platform.Linux;

/// <summary>Whose a process is.</summary>
internal static class ProcessOwner
{
    /// <summary>Its user id; -1 if it is gone. <c>/proc/PID/status</c>, proc_pid_status(5).</summary>
    public static long Of(int pid)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = ProcFile.ReadRecord($"/proc/{pid}/status", buffer);
        return length <= 0 ? -1 : ProcFile.Field(buffer[..length], "Uid"u8);
    }
}
