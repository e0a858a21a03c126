#if NET
using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BuildGuard.Tasks.Projects;
using BuildGuard.Tasks.Sessions;

namespace BuildGuard.Tasks.Helper;

/// <summary>
/// A helper that was started before there was a command for it. It ends when it is disposed of, and when this process ends:
/// then nobody has its FIFO open any more.
/// </summary>
internal sealed class StandbyHelper : IDisposable
{
    /// <summary>What the helper reads at most: see StandbyRequest in the helper.</summary>
    private const int LargestBody = 65536 - sizeof(int);

    /// <summary>The word <c>run</c>, which it has been given already.</summary>
    private const int RunVerbLength = 1;

    private const int OwnerOnly = 0x180; // 0600

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FileStream _fifo;

    private StandbyHelper(StandbyForm form, FileStream fifo, Process process) => (Form, _fifo, Process) = (form, fifo, process);

    /// <summary>What it can be taken for.</summary>
    public StandbyForm Form { get; }

    /// <summary>The process; its streams are whoever's who takes it.</summary>
    public Process Process { get; }

    /// <summary>The FIFO, which only its command line names.</summary>
    public string File => _fifo.Name;

    /// <summary>Starts one; null when that cannot be done.</summary>
    public static StandbyHelper? Start(StandbyForm form)
    {
        var file = Path.Combine(Path.GetTempPath(), "buildguard-" + Guid.NewGuid().ToString("N") + ".fifo");
        FileStream? fifo = null;
        try
        {
            if (MakeFifo(file, OwnerOnly) != 0)
            {
                return null;
            }

            // fifo(7): open for both it is there for the reader whenever that comes, and writing waits for nobody.
            fifo = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var process = new Process { StartInfo = StartInfo(form, file) };
            process.Start();
            return new StandbyHelper(form, fifo, process);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or Win32Exception or InvalidOperationException)
        {
            // That the helper cannot be started is said where there is a command for it.
            fifo?.Dispose();
            Delete(file);
            return null;
        }
    }

    /// <summary>Has it do what another start would have done. False when it cannot: then nothing has happened.</summary>
    public bool TryRun(ProcessStartInfo start)
    {
        try
        {
            var directory = start.WorkingDirectory.Length > 0 ? start.WorkingDirectory : Environment.CurrentDirectory;
            if (!Directory.Exists(directory) || Request(start, directory) is not { } request || Process.HasExited)
            {
                return false;
            }

            _fifo.Write(request, 0, request.Length);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Ends one that has nothing to do, and gives free what another one no longer needs.</summary>
    public void Dispose()
    {
        _fifo.Dispose();
        Delete(File);
        try
        {
            if (!Process.WaitForExit((int)Patience.TotalMilliseconds))
            {
                Process.Kill();
            }
        }
        catch (Exception problem) when (problem is InvalidOperationException or Win32Exception)
        {
            // Whoever had it has disposed of it.
        }

        Process.Dispose();
    }

    private static ProcessStartInfo StartInfo(StandbyForm form, string file)
    {
        var start = new ProcessStartInfo(form.Program.FileName, CommandLine.Join([.. form.Program.LeadingArguments, "run", "--standby", file]))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = "/",
            RedirectStandardInput = form.HasInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = form.Output,
            StandardErrorEncoding = form.Error,
        };

        // While it has nothing to do it is none of what a lease has started.
        start.Environment.Remove(SessionEntry.LeaseVariable);
        TestRunVariable.RemoveFrom(start.Environment);
        return start;
    }

    /// <summary>As StandbyRequest in the helper reads it; null when it is too large.</summary>
    private byte[]? Request(ProcessStartInfo start, string directory)
    {
        List<string> arguments = [.. CommandLine.Split(start.Arguments).Skip(Form.Program.LeadingArguments.Count() + RunVerbLength)];
        var text = new StringBuilder();
        text.Append(directory).Append('\0').Append(arguments.Count.ToString(CultureInfo.InvariantCulture)).Append('\0');
        foreach (var argument in arguments)
        {
            text.Append(argument).Append('\0');
        }

        foreach (var variable in start.Environment)
        {
            text.Append(variable.Key).Append('=').Append(variable.Value).Append('\0');
        }

        var body = Encoding.UTF8.GetBytes(text.ToString());
        if (body.Length > LargestBody)
        {
            return null;
        }

        var request = new byte[sizeof(int) + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(request, body.Length);
        body.CopyTo(request, sizeof(int));
        return request;
    }

    private static void Delete(string file)
    {
        try
        {
            System.IO.File.Delete(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // An empty name in the temporary directory, which nobody opens.
        }
    }

    /// <summary>mkfifo(3).</summary>
    [DllImport("libc", EntryPoint = "mkfifo", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);
}
#endif
