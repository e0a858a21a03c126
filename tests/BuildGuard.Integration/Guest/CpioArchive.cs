using System.Globalization;
using System.Text;

namespace BuildGuard.Integration.Guest;

/// <summary>An archive as the kernel unpacks it into its first file system: "newc", buffer-format.rst of the kernel's documents.</summary>
internal sealed class CpioArchive
{
    private readonly List<byte> _content = [];
    private readonly HashSet<string> _paths = [];
    private int _entries;

    /// <summary>Adds a directory, and nothing above it; once.</summary>
    public void AddDirectory(string path) => AddOnce(path, 0x41ED, []);

    /// <summary>Adds a file that everybody may read and execute; once.</summary>
    public void AddFile(string path, byte[] content) => AddOnce(path, 0x81ED, content);

    /// <summary>Adds a text file, and the directories above it.</summary>
    public void AddText(string path, string text)
    {
        AddParents(path);
        AddFile(path, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Adds what is in a directory, links as what they lead to.</summary>
    public void AddTree(string directory)
    {
        foreach (string file in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(directory, file);
            AddParents(path);
            AddFile(path, File.ReadAllBytes(file));
        }
    }

    /// <summary>Adds the directories above a file.</summary>
    public void AddParents(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 1; i < parts.Length; i++)
        {
            AddDirectory(string.Join('/', parts[..i]));
        }
    }

    /// <summary>The archive. The kernel takes several, one behind the other.</summary>
    public byte[] ToArray()
    {
        Add("TRAILER!!!", 0, []);
        return [.. _content];
    }

    private void AddOnce(string path, int mode, byte[] content)
    {
        if (_paths.Add(path))
        {
            Add(path, mode, content);
        }
    }

    private void Add(string path, int mode, byte[] content)
    {
        // Magic, inode, mode, owner, group, links, time, size, device (2), special device (2), length of the name, check sum.
        int[] fields = [++_entries, mode, 0, 0, 1, 0, content.Length, 0, 0, 0, 0, Encoding.UTF8.GetByteCount(path) + 1, 0];
        Write("070701" + string.Concat(fields.Select(f => f.ToString("X8", CultureInfo.InvariantCulture))));
        Write(path + "\0");
        Pad();
        _content.AddRange(content);
        Pad();
    }

    private void Write(string text) => _content.AddRange(Encoding.UTF8.GetBytes(text));

    private void Pad() => _content.AddRange(new byte[(4 - (_content.Count % 4)) % 4]);
}
