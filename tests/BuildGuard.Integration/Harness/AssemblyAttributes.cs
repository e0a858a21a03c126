using System.Runtime.Versioning;

// The one system that the helper supports so far.
[assembly: SupportedOSPlatform("linux")]

// Two classes at a time. Those that measure, that pack, and those that race with processes or load the machine themselves are marked
// and run alone.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel, Workers = 2)]
