using System.Collections.Concurrent;
using System.Xml;

namespace BuildGuard.Tasks.Projects;

/// <summary>
/// Finds what replaces the Exec task besides the guard. MSBuild tells a task nothing of that, so the files are read in which
/// a project says it: the project, the Directory.Build files above it, and the packages that it references.
/// </summary>
internal static class ExecOverrides
{
    private const int MostFiles = 200;
    private const long LargestFile = 1 << 20;

    // The same files serve every project of a build, and of the builds after it in the same process.
    private static readonly ConcurrentDictionary<string, Content> s_read = new(StringComparer.Ordinal);

    /// <summary>Those of a project.</summary>
    /// <param name="files">Where to begin; what is missing or no XML is passed over.</param>
    /// <param name="packageRoot">The value of <c>NuGetPackageRoot</c>; empty if unknown.</param>
    /// <param name="ownFolder">The guard's own package: what it says of Exec is known.</param>
    public static IEnumerable<ExecOverride> Find(IEnumerable<string> files, string packageRoot, string ownFolder)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>(files);
        while (waiting.Count > 0 && seen.Count < MostFiles)
        {
            var file = waiting.Dequeue();
            if (file.Length == 0 || file.StartsWith(ownFolder, StringComparison.Ordinal) || !seen.Add(file))
            {
                continue;
            }

            var content = Read(file, packageRoot);
            foreach (var one in content.Overrides)
            {
                yield return one;
            }

            foreach (var import in content.Imports)
            {
                waiting.Enqueue(import);
            }
        }
    }

    private static Content Read(string file, string packageRoot)
    {
        var info = new FileInfo(file);
        if (!info.Exists || info.Length > LargestFile)
        {
            return Content.Nothing;
        }

        if (s_read.TryGetValue(file, out var known) && known.WrittenAt == info.LastWriteTimeUtc)
        {
            return known;
        }

        var content = new Content(info.LastWriteTimeUtc, [], []);
        try
        {
            using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    Take(reader, file, packageRoot, content);
                }
            }
        }
        catch (Exception problem) when (problem is XmlException or IOException or UnauthorizedAccessException)
        {
            // MSBuild has its own words for a project that it cannot read.
        }

        return s_read[file] = content;
    }

    private static void Take(XmlReader reader, string file, string packageRoot, Content content)
    {
        if (reader.LocalName == "Import" && reader.GetAttribute("Project") is { } project)
        {
            var path = project
                .Replace("$(NuGetPackageRoot)", packageRoot)
                .Replace("$(MSBuildThisFileDirectory)", Path.GetDirectoryName(file) + Path.DirectorySeparatorChar);

            // What depends on more properties than these cannot be told here.
            if (path.IndexOf("$(", StringComparison.Ordinal) < 0 && path.IndexOf('*') < 0)
            {
                content.Imports.Add(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, path.Replace('\\', '/'))));
            }
        }
        else if (reader.LocalName == "UsingTask"
            && bool.TryParse(reader.GetAttribute("Override"), out var isOverride) && isOverride
            && reader.GetAttribute("TaskName") is { } name
            && (name.Equals("Exec", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".Exec", StringComparison.OrdinalIgnoreCase)))
        {
            content.Overrides.Add(new ExecOverride(name, file, ((IXmlLineInfo)reader).LineNumber));
        }
    }

    private sealed record Content(DateTime WrittenAt, List<ExecOverride> Overrides, List<string> Imports)
    {
        public static Content Nothing { get; } = new(default, [], []);
    }
}

/// <summary>A place that replaces the Exec task.</summary>
/// <param name="Task">The task that it puts there.</param>
/// <param name="File">The file.</param>
/// <param name="Line">Its line, from 1.</param>
internal sealed record ExecOverride(string Task, string File, int Line);
