using BuildGuard.Diagnostics;
using BuildGuard.Platform.Linux.Native;

namespace BuildGuard.Platform.Linux.Spawn;

/// <summary>
/// The few machine instructions that run between <c>clone</c> and <c>execve</c>.
/// </summary>
/// <remarks>
/// No C# may run there. The compiler puts a check for a pending garbage collection after every native call, also after
/// those that suppress the transition; a child born while another thread asks for a collection would wait for it for
/// ever, since the collector's thread does not exist in the child. The same goes for locks of the C library.
/// So the parent writes a list of system calls (<see cref="ChildScript"/>), and this code makes them one after the
/// other. It touches no stack, so that parent and child can share memory as after <c>vfork(2)</c>, where starting a
/// process costs the same however large the parent is.
/// <code>
/// enter(calls, report):
///     r = syscall(calls[0])                      // clone
///     if r != 0 return r                         // parent, or an error
///     for i = 1, 2, …
///         r = syscall(calls[i])
///         if r &lt; 0 and not calls[i].may_fail:
///             report.error = r; report.call = &amp;calls[i]
///             write(report.fd, report, 16); exit_group(127)
/// </code>
/// </remarks>
internal static unsafe class ChildCode
{
    private static delegate* unmanaged<ChildScript.Call*, ChildScript.Report*, nint> s_enter;

    // System V AMD64: rdi = calls, rsi = report. r8 and r9 survive a system call and are not among the four arguments.
    private static ReadOnlySpan<byte> X64 =>
    [
        0x49, 0x89, 0xF9,                         //       mov  r9, rdi
        0x49, 0x89, 0xF0,                         //       mov  r8, rsi
        0x49, 0x8B, 0x01,                         //       mov  rax, [r9]
        0x49, 0x8B, 0x79, 0x08,                   //       mov  rdi, [r9+8]
        0x49, 0x8B, 0x71, 0x10,                   //       mov  rsi, [r9+16]
        0x49, 0x8B, 0x51, 0x18,                   //       mov  rdx, [r9+24]
        0x4D, 0x8B, 0x51, 0x20,                   //       mov  r10, [r9+32]
        0x0F, 0x05,                               //       syscall
        0x48, 0x85, 0xC0,                         //       test rax, rax
        0x75, 0x4D,                               //       jnz  done
        0x49, 0x83, 0xC1, 0x30,                   // next: add  r9, 48
        0x49, 0x8B, 0x01,                         //       mov  rax, [r9]
        0x49, 0x8B, 0x79, 0x08,                   //       mov  rdi, [r9+8]
        0x49, 0x8B, 0x71, 0x10,                   //       mov  rsi, [r9+16]
        0x49, 0x8B, 0x51, 0x18,                   //       mov  rdx, [r9+24]
        0x4D, 0x8B, 0x51, 0x20,                   //       mov  r10, [r9+32]
        0x0F, 0x05,                               //       syscall
        0x48, 0x85, 0xC0,                         //       test rax, rax
        0x79, 0xE2,                               //       jns  next
        0x49, 0x83, 0x79, 0x28, 0x00,             //       cmp  qword [r9+40], 0
        0x75, 0xDB,                               //       jne  next
        0x49, 0x89, 0x00,                         //       mov  [r8], rax
        0x4D, 0x89, 0x48, 0x08,                   //       mov  [r8+8], r9
        0x49, 0x8B, 0x78, 0x10,                   //       mov  rdi, [r8+16]
        0x4C, 0x89, 0xC6,                         //       mov  rsi, r8
        0xBA, 0x10, 0x00, 0x00, 0x00,             //       mov  edx, 16
        0xB8, 0x01, 0x00, 0x00, 0x00,             //       mov  eax, 1    (write)
        0x0F, 0x05,                               //       syscall
        0xBF, 0x7F, 0x00, 0x00, 0x00,             //       mov  edi, 127
        0xB8, 0xE7, 0x00, 0x00, 0x00,             //       mov  eax, 231  (exit_group)
        0x0F, 0x05,                               //       syscall
        0x0F, 0x0B,                               //       ud2
        0xC3,                                     // done: ret
    ];

    // AAPCS64: x0 = calls, x1 = report. x9 to x11 survive a system call.
    private static ReadOnlySpan<uint> Arm64 =>
    [
        0xAA0003E9, //       mov  x9, x0
        0xAA0103EA, //       mov  x10, x1
        0xF9400128, //       ldr  x8, [x9]
        0xA9408520, //       ldp  x0, x1, [x9, #8]
        0xA9418D22, //       ldp  x2, x3, [x9, #24]
        0xD4000001, //       svc  #0
        0xB5000260, //       cbnz x0, done
        0x9100C129, // next: add  x9, x9, #48
        0xF9400128, //       ldr  x8, [x9]
        0xA9408520, //       ldp  x0, x1, [x9, #8]
        0xA9418D22, //       ldp  x2, x3, [x9, #24]
        0xD4000001, //       svc  #0
        0xB6FFFF60, //       tbz  x0, #63, next
        0xF940152B, //       ldr  x11, [x9, #40]
        0xB5FFFF2B, //       cbnz x11, next
        0xA9002540, //       stp  x0, x9, [x10]
        0xF9400940, //       ldr  x0, [x10, #16]
        0xAA0A03E1, //       mov  x1, x10
        0xD2800202, //       mov  x2, #16
        0xD2800808, //       mov  x8, #64  (write)
        0xD4000001, //       svc  #0
        0xD2800FE0, //       mov  x0, #127
        0xD2800BC8, //       mov  x8, #94  (exit_group)
        0xD4000001, //       svc  #0
        0xD4200000, //       brk  #0
        0xD65F03C0, // done: ret
    ];

    /// <summary>Makes the script's first call here and the rest in the child. Returns the child's id, or minus the error number.</summary>
    /// <exception cref="GuardException">BG4004: this processor or this system does not let us do it.</exception>
    public static nint Enter(ChildScript.Call* calls, ChildScript.Report* report)
    {
        if (s_enter is null)
        {
            s_enter = Load();
        }

        return s_enter(calls, report);
    }

    private static delegate* unmanaged<ChildScript.Call*, ChildScript.Report*, nint> Load()
    {
        void* code = MachineCode.Load(X64, Arm64, out string? refusal);
        return code is null
            ? throw new GuardException(Messages.CannotContain(refusal!))
            : (delegate* unmanaged<ChildScript.Call*, ChildScript.Report*, nint>)code;
    }
}
