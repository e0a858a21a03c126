using System.Text;
using BuildGuard.Settings;

namespace BuildGuard.Core.Tests;

/// <summary>Files by their directory.</summary>
internal sealed class FakeSettingsFiles(params (string Directory, string Content)[] files) : ISettingsFiles
{
    public string? Parent(string directory) =>
        directory == "/" ? null : directory.LastIndexOf('/') is var last and > 0 ? directory[..last] : "/";

    public byte[]? Read(string directory, string name, int maxBytes)
    {
        foreach ((string at, string content) in files)
        {
            if (at == directory)
            {
                return content == "unreadable" ? throw new IOException("permission denied") : Encoding.UTF8.GetBytes(content);
            }
        }

        return null;
    }
}
