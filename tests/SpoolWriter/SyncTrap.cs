using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ComplianceGrid.SpoolWriter;

/// <summary>
/// From when it is set the kernel kills this process as it enters its next fsync: dead between write and sync, exactly and every time. A
/// seccomp filter does it (Linux, x86-64 or arm64), which needs no privilege and no tool, and which no handler of the process can catch.
/// </summary>
internal static unsafe partial class SyncTrap
{
    private const int NoNewPrivileges = 38, SetFilter = 1, AllThreads = 1;
    private const uint KillProcess = 0x80000000, Allow = 0x7FFF0000;
    private const ushort Load = 0x20, JumpIfEqual = 0x15, Return = 0x06;

    public static void Set()
    {
        var (fsync, fdatasync, seccomp) = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (82u, 83u, 277) : (74u, 75u, 317);
        var steps = stackalloc Step[]
        {
            new(Load, 0, 0, 0), // the system call's number
            new(JumpIfEqual, 1, 0, fsync),
            new(JumpIfEqual, 0, 1, fdatasync),
            new(Return, 0, 0, KillProcess),
            new(Return, 0, 0, Allow),
        };
        var filter = new Filter(5, steps);
        if (Prctl(NoNewPrivileges, 1, 0, 0, 0) != 0 || SystemCall(seccomp, SetFilter, AllThreads, (nint)Unsafe.AsPointer(ref filter)) != 0)
            throw new InvalidOperationException($"The kernel takes no filter: errno {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint operation, nint flags, nint argument);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Step(ushort code, byte ifTrue, byte ifFalse, uint operand)
    {
        private readonly ushort _code = code;
        private readonly byte _ifTrue = ifTrue, _ifFalse = ifFalse;
        private readonly uint _operand = operand;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Filter(ushort length, Step* steps)
    {
        private readonly ushort _length = length;
        private readonly Step* _steps = steps;
    }
}
