using System.Collections.Immutable;

namespace BuildGuard.Operations;

/// <summary>Variables that make tools do one thing at a time and leave nothing behind. What the user has set stays as it is.</summary>
public static class SequentialEnvironment
{
    /// <summary>
    /// Those that keep tools from leaving servers behind, set in whatever the guard runs. A server that a guarded command
    /// started ends with it, so it would only be started to be ended; and while it lives another build may come to lean on it.
    /// </summary>
    public static ImmutableArray<(string Name, string Value, string Reason)> Variables { get; } =
    [
        ("MSBUILDDISABLENODEREUSE", "1", "MSBuild's worker nodes end with their build instead of waiting 15 minutes for another"),
        ("DOTNET_CLI_USE_MSBUILD_SERVER", "0", "dotnet build runs MSBuild in its own process instead of a server that stays"),
        ("UseSharedCompilation", "false", "the compiler runs in the build instead of VBCSCompiler, which stays for 10 minutes"),
    ];

    /// <summary>
    /// Those that make one command use less of the machine. Nobody gets them unasked, for a build alone on a machine may use
    /// all of it: they are what <c>buildguard env</c> prints besides.
    /// </summary>
    public static ImmutableArray<(string Name, string Value, string Reason)> OneAtATime { get; } =
    [
        ("DOTNET_gcServer", "0", "a .NET process keeps one heap instead of one for each core"),
        ("MAKEFLAGS", "-j1", "make runs one recipe at a time, unless its command line says otherwise"),
        ("CMAKE_BUILD_PARALLEL_LEVEL", "1", "cmake --build runs one job at a time"),
        ("CTEST_PARALLEL_LEVEL", "1", "ctest runs one test at a time"),
        ("PYTEST_XDIST_AUTO_NUM_WORKERS", "1", "pytest -n auto starts one worker instead of one for each core"),
        ("CARGO_BUILD_JOBS", "1", "cargo runs one compiler at a time"),
        ("RUST_TEST_THREADS", "1", "cargo test runs one test at a time in each program"),
        ("GOFLAGS", "-p=1", "go build and go test run one program at a time"),
        ("JOBS", "1", "node-gyp, and so npm install, compiles one file at a time"),
        ("GRADLE_OPTS", "-Dorg.gradle.daemon=false -Dorg.gradle.workers.max=1", "gradle runs one worker, and no daemon that stays for three hours"),
        ("OMP_NUM_THREADS", "1", "a program with OpenMP, as those of NumPy, uses one thread"),
    ];
}
