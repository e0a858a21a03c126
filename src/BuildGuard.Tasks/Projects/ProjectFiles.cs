using System.Collections.Concurrent;
using System.Xml;

namespace BuildGuard.Tasks.Projects;

/// <summary>What files of projects say that MSBuild tells no task: which properties they set, and which tasks they replace.</summary>
internal static class ProjectFiles
{
    private const string Prefix = "BuildGuard";
    private const string OverrideAttribute = "Override";
    private const int MostKept = 4096;
    private const long LargestFile = 1 << 20;

    // The same files serve every project of a build, and of the builds after it in the same process.
    private static readonly ConcurrentDictionary<string, Content> s_read = new(StringComparer.Ordinal);

    /// <summary>All that is found, in the order of the files.</summary>
    /// <param name="files">What is missing or no XML is passed over.</param>
    public static IEnumerable<ProjectFileElement> Find(IEnumerable<string> files) => files.SelectMany(file => Read(file).Elements);

    private static Content Read(string file)
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

        var content = new Content(info.LastWriteTimeUtc, []);
        try
        {
            if (ProjectFileScan.MayConcern(file, (int)info.Length))
            {
                Parse(file, content.Elements);
            }
        }
        catch (Exception problem) when (problem is XmlException or IOException or UnauthorizedAccessException)
        {
            // MSBuild has its own words for a project that it cannot read.
        }

        if (s_read.Count >= MostKept)
        {
            s_read.Clear();
        }

        return s_read[file] = content;
    }

    private static void Parse(string file, List<ProjectFileElement> found)
    {
        // By its name it would be taken for a URL, in which some letters mean something else.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        var group = -1;
        var isInProperty = false;
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                group = reader.LocalName == "PropertyGroup" ? reader.Depth : reader.Depth <= group ? -1 : group;
                var count = found.Count;
                Take(reader, isProperty: group >= 0 && reader.Depth == group + 1, file, found);
                isInProperty = found.Count > count && found[count].Kind == ProjectFileElementKind.Property && !reader.IsEmptyElement;
            }
            else if (reader.NodeType == XmlNodeType.EndElement)
            {
                isInProperty = false;
            }
            else if (isInProperty && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                found[found.Count - 1] = found[found.Count - 1] with { Value = found[found.Count - 1].Value + reader.Value };
            }
        }
    }

    private static void Take(XmlReader reader, bool isProperty, string file, List<ProjectFileElement> found)
    {
        var line = ((IXmlLineInfo)reader).LineNumber;
        var condition = reader.GetAttribute("Condition") ?? "";
        if (reader.LocalName == "UsingTask" && reader.GetAttribute(OverrideAttribute) is { Length: > 0 } isOverride && reader.GetAttribute("TaskName") is { } task)
        {
            found.Add(new(ProjectFileElementKind.TaskOverride, task, file, line) { Condition = condition, Override = isOverride });
        }
        else if (isProperty && reader.LocalName.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            found.Add(new(ProjectFileElementKind.Property, reader.LocalName, file, line) { Condition = condition });
        }
    }

    private sealed record Content(DateTime WrittenAt, List<ProjectFileElement> Elements)
    {
        public static Content Nothing { get; } = new(default, []);
    }
}
