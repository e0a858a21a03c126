using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Linux.Native;

/// <summary>A few machine instructions, for the places where no C# may run: a child before <c>execve</c>, a signal handler.</summary>
internal static unsafe class MachineCode
{
    private const int PROT_READ = 1;
    private const int PROT_WRITE = 2;
    private const int PROT_EXEC = 4;
    private const int MAP_PRIVATE = 2;
    private const int MAP_ANONYMOUS = 0x20;

    // Divisible by every page size in use, and larger than any code here.
    private const int Length = 65536;

    /// <summary>Puts the code of this processor into executable memory, for as long as the program lives.</summary>
    /// <param name="x64">The code for x64.</param>
    /// <param name="arm64">The code for arm64.</param>
    /// <param name="refusal">Why it cannot be done, if the result is <c>null</c>.</param>
    public static void* Load(ReadOnlySpan<byte> x64, ReadOnlySpan<uint> arm64, out string? refusal)
    {
        refusal = null;
        Architecture architecture = RuntimeInformation.ProcessArchitecture;
        if (architecture is not (Architecture.X64 or Architecture.Arm64))
        {
            refusal = $"there is no start code for the processor architecture {architecture}; linux-x64 and linux-arm64 are supported";
            return null;
        }

        void* page = Libc.MMap(null, Length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if ((nint)page == -1)
        {
            refusal = $"no memory for the start code ({Errno.Describe(Libc.LastError)})";
            return null;
        }

        ReadOnlySpan<byte> code = architecture == Architecture.X64 ? x64 : MemoryMarshal.AsBytes(arm64);
        code.CopyTo(new Span<byte>(page, Length));
        if (Libc.MProtect(page, Length, PROT_READ | PROT_EXEC) != 0)
        {
            refusal = $"this system refuses executable memory ({Errno.Describe(Libc.LastError)}), which .NET itself needs as well; lift MemoryDenyWriteExecute or SELinux's execmem rule for builds";
            return null;
        }

        return page;
    }
}
