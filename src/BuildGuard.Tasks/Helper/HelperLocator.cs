using System.Runtime.InteropServices;

namespace BuildGuard.Tasks.Helper;

/// <summary>Finds the helper that fits this machine.</summary>
internal static class HelperLocator
{
    /// <summary>Whether the helper supports this operating system yet.</summary>
    public static bool IsSupported => RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

    /// <summary>The helper to start. That the file exists is not promised: see <see cref="HelperProgram.Missing"/>.</summary>
    /// <param name="toolsDirectory">The package's folder <c>tools</c>.</param>
    /// <param name="chosen">What the user chose instead, an absolute path; empty for the packaged one.</param>
    public static HelperProgram Find(string toolsDirectory, string chosen)
    {
        if (chosen.Length > 0)
        {
            return Of(chosen);
        }

        var native = Path.Combine(toolsDirectory, RuntimeIdentifier, NativeName);
        var anywhere = Path.Combine(toolsDirectory, "any", "buildguard.dll");

        // With a managed program beside it the file is only a launcher, which may not find the runtime that this build runs on.
        var launcher = Path.ChangeExtension(native, null) + ".dll";
        if (File.Exists(native) && !File.Exists(launcher) && ExecutePermission.Ensure(native))
        {
            return new HelperProgram(native, null);
        }

        return File.Exists(native) && File.Exists(launcher) && !File.Exists(anywhere) ? Managed(launcher) : Managed(anywhere);
    }

    private static string NativeName => RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "buildguard.exe" : "buildguard";

    private static string RuntimeIdentifier
    {
        get
        {
            var system = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "win"
                : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "osx"
                : File.Exists("/etc/alpine-release") ? "linux-musl" : "linux";
            return system + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        }
    }

    private static HelperProgram Of(string path)
    {
        if (path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            return Managed(path);
        }

        ExecutePermission.Ensure(path);
        return new HelperProgram(path, null);
    }

    private static HelperProgram Managed(string path) => new(DotnetHost, path);

    private static string DotnetHost
    {
        get
        {
            var known = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
            if (!string.IsNullOrEmpty(known) && File.Exists(known))
            {
                return known!;
            }

#if NET
            var own = Environment.ProcessPath;
            if (Path.GetFileNameWithoutExtension(own) == "dotnet")
            {
                return own!;
            }
#endif
            return "dotnet";
        }
    }
}
