namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>Where and how a command is born.</summary>
internal ref struct BirthPlace
{
    /// <summary>Open <c>tasks</c> files of version 1 control groups that it enters.</summary>
    public ReadOnlySpan<int> TaskFiles;

    /// <summary>The open directory of the version 2 control group it is born in; -1 for none.</summary>
    public int UnifiedDirectory;

    /// <summary>That group's path, for kernels that cannot be told it at birth.</summary>
    public string? UnifiedPath;

    /// <summary>Open files it may have; <c>null</c> for as many as we may.</summary>
    public int? OpenFiles;

    /// <summary>Whether it cannot raise that.</summary>
    public bool OpenFilesHard;

    /// <summary>By which it and its descendants are known.</summary>
    public LeaseMark Mark;
}

/// <summary>A command that runs.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="PidFd">Its descriptor; -1 where the kernel has none.</param>
internal readonly record struct StartedProcess(int Pid, int PidFd);
