namespace BuildGuard.Platform.Linux.Cgroups;

/// <summary>Where version 1 groups are made: beside the processes of the groups that this program stands in.</summary>
/// <param name="Memory">The memory hierarchy.</param>
/// <param name="Pids">The pids hierarchy.</param>
/// <param name="Unified">Version 2 without controllers beside it; <c>null</c> if it is not mounted or not ours to write.</param>
internal sealed record CgroupV1Place(Cgroup Memory, Cgroup Pids, Cgroup? Unified);
