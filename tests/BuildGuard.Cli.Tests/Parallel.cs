using System.Runtime.Versioning;

[assembly: Parallelize(Scope = ExecutionScope.MethodLevel, Workers = 2)]

// What is tested here is the Unix side; the tests of other systems have their own project.
[assembly: SupportedOSPlatform("linux")]
