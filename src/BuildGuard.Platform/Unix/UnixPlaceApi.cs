using System.Runtime.InteropServices;

namespace BuildGuard.Platform.Unix;

/// <summary>What is asked about a directory before it is chosen for the state.</summary>
internal static unsafe partial class UnixPlaceApi
{
    public const int X_OK = 1;
    public const int W_OK = 2;

    /// <summary>File systems that live on another machine or in a program (statfs(2), linux/magic.h, kernel sources of CIFS and AFS).</summary>
    private static readonly uint[] Remote =
    [
        0x6969,     // NFS
        0xFF534D42, // CIFS
        0xFE534D42, // SMB2
        0x517B,     // SMB
        0x01021997, // 9P: WSL's view of Windows, some virtual machines
        0x65735546, // FUSE: sshfs, cloud drives
        0x00C36400, // CEPH
        0x5346414F, // AFS (kernel)
        0x6B414653, // AFS
        0x73757245, // CODA
        0x564C,     // NCP
        0x0BD00BD0, // LUSTRE
        0x01161970, // GFS2
        0x7461636F, // OCFS2
        0x19830326, // BeeGFS
        0x47504653, // GPFS
        0x786F4256, // VirtualBox shared folders
    ];

    /// <summary>Whether a directory lies on a file system of this machine; also when that cannot be told.</summary>
    public static bool IsLocal(string path)
    {
        // f_type is the first member, as wide as a register, and the structure is 120 bytes on 64-bit Linux.
        byte* status = stackalloc byte[256];
        return StatFs(path, status) != 0 || Array.IndexOf(Remote, (uint)*(nuint*)status) < 0;
    }

    /// <summary>access(2)</summary>
    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Access(string path, int mode);

    /// <summary>statfs(2)</summary>
    [LibraryImport("libc", EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int StatFs(string path, byte* status);
}
