namespace BuildGuard.Integration.Escapes;

/// <summary>What the trials need, in a folder that every user may read: the guard, the acrobat, the scripts.</summary>
internal sealed class Troupe : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0x1ED;

    private static readonly string s_sources = Path.Combine(Package.Root, "tests", "BuildGuard.Integration", "Escapes");

    private readonly Workspace _workspace = new();

    /// <summary>Builds the acrobat. Skips the test where there is no C compiler.</summary>
    public Troupe()
    {
        Folder = Directory.CreateTempSubdirectory("buildguard-troupe-").FullName;
        File.SetUnixFileMode(Folder, Everybody);
        Scripts = Directory.CreateDirectory(Path.Combine(Folder, "scripts"), Everybody).FullName;
        string compiler = InnerEnvironment.Find("gcc") is { Length: > 0 } gcc ? gcc : InnerEnvironment.Find("clang");
        if (compiler.Length == 0)
        {
            Assert.Inconclusive("the acrobat needs a C compiler: apt-get install gcc libc6-dev");
        }

        // Static: the guest machine has no libraries but those of the guard.
        Acrobat = Path.Combine(Folder, "acrobat");
        _workspace.Start(compiler, ["-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", Acrobat, Path.Combine(s_sources, "acrobat.c")], _workspace.Environment)
            .Wait().Succeeds();
        foreach (string file in Directory.GetFiles(Path.Combine(Package.Folder, "tools", "linux-x64")))
        {
            Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
        }

        Driver = Path.Combine(Folder, "trial.sh");
        Copy(Path.Combine(s_sources, "trial.sh"), Driver);
        foreach (Escape escape in EscapeTable.All)
        {
            File.WriteAllText(Path.Combine(Scripts, escape.Name), escape.Script + "\n");
        }
    }

    /// <summary>The folder, which comes first in the path of a trial.</summary>
    public string Folder { get; }

    /// <summary>The script of each escape.</summary>
    public string Scripts { get; }

    /// <summary>The program that does what no shell can.</summary>
    public string Acrobat { get; }

    /// <summary><c>trial.sh</c>.</summary>
    public string Driver { get; }

    /// <summary>Tries one escape on this machine.</summary>
    /// <param name="prefix">How to become who tries it, where it is tried.</param>
    /// <param name="containment">The rung that is asked for; empty for the best.</param>
    /// <param name="escape">The escape.</param>
    /// <param name="guard">Whether the guard is killed.</param>
    public Trial Try(string[] prefix, string containment, Escape escape, Guard guard)
    {
        var environment = new Dictionary<string, string>(_workspace.Environment) { ["TRIALS"] = Scripts };
        environment["PATH"] = $"{Folder}:{environment["PATH"]}";
        environment["TMPDIR"] = "/tmp";
        if (containment.Length > 0)
        {
            environment["BUILDGUARD_CONTAINMENT"] = containment;
        }

        string[] command = [.. prefix, "sh", Driver, .. Trial.Arguments(escape, guard)];
        return Trial.Parse(escape.Name, _workspace.Start(command[0], command[1..], environment).Wait().Output);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        _workspace.Dispose();
    }

    private static void Copy(string from, string to)
    {
        File.Copy(from, to);
        File.SetUnixFileMode(to, Everybody);
    }
}
