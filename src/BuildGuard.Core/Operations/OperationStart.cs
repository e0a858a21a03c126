using BuildGuard.Containment;
using BuildGuard.Leases;

namespace BuildGuard.Operations;

/// <summary>What an operation starts, with the variables it adds.</summary>
internal static class OperationStart
{
    /// <summary>The request for its container.</summary>
    public static StartRequest Of(IContainer container, LeaseId lease, OperationRequest request)
    {
        var environment = new Dictionary<string, string?> { ["BUILDGUARD_LEASE"] = lease.Value };
        foreach ((string name, string value, _) in SequentialEnvironment.Variables)
        {
            if (request.Variable(name) is null)
            {
                environment[name] = value;
            }
        }

        if (container.Rung != Rung.Bare && request.Limits.MemoryBytes is { } bytes
            && HeapLimit.Variables.All(name => request.Variable(name) is null))
        {
            environment[HeapLimit.Variable] = HeapLimit.Above(bytes);
        }

        return new StartRequest(request.Arguments, environment, request.WithParent);
    }
}
