namespace BuildGuard.Processes;

/// <summary>Signals to exactly the process that is meant; nothing happens if exactly that one is gone.</summary>
public interface IProcessSignals
{
    /// <summary>What Ctrl+C sends: SIGINT.</summary>
    void Interrupt(ProcessIdentity process);

    /// <summary>Asks it to end: SIGTERM.</summary>
    void Terminate(ProcessIdentity process);

    /// <summary>Ends it: SIGKILL.</summary>
    void Kill(ProcessIdentity process);
}
