using System.Collections.Concurrent;
using System.Xml;

namespace BuildGuard.Tasks.Projects;

/// <summary>
/// What a project's files say that MSBuild tells no task: the properties that they set, and what replaces the Exec task besides
/// the guard. Read are the project, the Directory.Build files above it, and what they import of the packages.
/// </summary>
internal static class ProjectFiles
{
    private const string Prefix = "BuildGuard";
    private const int MostFiles = 200;
    private const long LargestFile = 1 << 20;

    // The same files serve every project of a build, and of the builds after it in the same process.
    private static readonly ConcurrentDictionary<string, Content> s_read = new(StringComparer.Ordinal);

    /// <summary>All that is found.</summary>
    /// <param name="files">Where to begin; what is missing or no XML is passed over.</param>
    /// <param name="packageRoot">The value of <c>NuGetPackageRoot</c>; empty if unknown.</param>
    /// <param name="ownFolder">The guard's own package: what it says is known.</param>
    public static IEnumerable<ProjectFileElement> Find(IEnumerable<string> files, string packageRoot, string ownFolder)
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
            foreach (var one in content.Elements)
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
            var group = -1;
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    group = reader.LocalName == "PropertyGroup" ? reader.Depth : reader.Depth <= group ? -1 : group;
                    Take(reader, isProperty: group >= 0 && reader.Depth == group + 1, file, packageRoot, content);
                }
            }
        }
        catch (Exception problem) when (problem is XmlException or IOException or UnauthorizedAccessException)
        {
            // MSBuild has its own words for a project that it cannot read.
        }

        return s_read[file] = content;
    }

    private static void Take(XmlReader reader, bool isProperty, string file, string packageRoot, Content content)
    {
        var line = ((IXmlLineInfo)reader).LineNumber;
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
            content.Elements.Add(new ProjectFileElement(ProjectFileElementKind.ExecOverride, name, file, line));
        }
        else if (isProperty && reader.LocalName.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            content.Elements.Add(new ProjectFileElement(ProjectFileElementKind.Property, reader.LocalName, file, line));
        }
    }

    private sealed record Content(DateTime WrittenAt, List<ProjectFileElement> Elements, List<string> Imports)
    {
        public static Content Nothing { get; } = new(default, [], []);
    }
}
