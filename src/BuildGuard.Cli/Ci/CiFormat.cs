using System.Globalization;
using BuildGuard.Diagnostics;

namespace BuildGuard.Cli.Ci;

/// <summary>How a build service wants its log written. Every text is one line; a result may be several.</summary>
internal abstract class CiFormat
{
    /// <summary>The name that chooses it on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>A warning or an error, such that the service shows it beside the build.</summary>
    public abstract string Annotation(GuardMessage message);

    /// <summary>The beginning of lines that are folded away under a title.</summary>
    public abstract string Open(string title);

    /// <summary>Their end.</summary>
    public abstract string Close();

    /// <summary>A line that only is to be read: what others named in it is no command to the service.</summary>
    public abstract string Plain(string line);

    /// <summary>No service's own: lines as they are everywhere.</summary>
    internal sealed class Bare : CiFormat
    {
        public override string Name => "plain";

        public override string Annotation(GuardMessage message) => message.ToString();

        public override string Open(string title) => title;

        public override string Close() => "";

        public override string Plain(string line) => line;
    }

    /// <summary>GitHub Actions, and those who take its workflow commands: Forgejo, Gitea.</summary>
    /// <remarks>docs.github.com, "Workflow commands for GitHub Actions". A command is one at the beginning of a line only, in its old form anywhere.</remarks>
    internal sealed class GitHub : CiFormat
    {
        public override string Name => "github";

        public override string Annotation(GuardMessage message) =>
            $"::{(message.Level == MessageLevel.Error ? "error" : "warning")} title=BuildGuard::{Escaped(TextOf(message))}";

        public override string Open(string title) => $"::group::{Escaped(Plain(title))}";

        public override string Close() => "::endgroup::";

        public override string Plain(string line) => line.Replace("##[", "## [", StringComparison.Ordinal);

        private static string Escaped(string text) =>
            text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
    }

    /// <summary>Azure Pipelines.</summary>
    /// <remarks>learn.microsoft.com, "Logging commands". They are commands wherever they stand in a line.</remarks>
    internal sealed class Azure : CiFormat
    {
        public override string Name => "azure";

        public override string Annotation(GuardMessage message) =>
            $"##vso[task.logissue type={(message.Level == MessageLevel.Error ? "error" : "warning")};code={message.Code}]{Escaped(TextOf(message))}";

        public override string Open(string title) => $"##[group]{Plain(title)}";

        public override string Close() => "##[endgroup]";

        public override string Plain(string line) =>
            line.Replace("##vso[", "## vso[", StringComparison.OrdinalIgnoreCase).Replace("##[", "## [", StringComparison.Ordinal);

        private static string Escaped(string text) => text
            .Replace("%", "%AZP25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
    }

    /// <summary>GitLab CI: it folds sections, and has nothing that would show a line beside the build.</summary>
    /// <remarks>docs.gitlab.com, "Create custom collapsible sections". The name of a section is its own in the log of a job.</remarks>
    internal sealed class GitLab : CiFormat
    {
        private const string Erase = "\u001b[0K";

        private int _sections;

        public override string Name => "gitlab";

        public override string Annotation(GuardMessage message) => message.ToString();

        public override string Open(string title)
        {
            _sections++;
            return $"{Erase}section_start:{Now}:{Section}[collapsed=true]\r{Erase}{title}";
        }

        public override string Close() => $"{Erase}section_end:{Now}:{Section}\r{Erase}";

        public override string Plain(string line) => line;

        private static string Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

        private string Section => string.Create(CultureInfo.InvariantCulture, $"buildguard_{Environment.ProcessId}_{_sections}");
    }

    /// <summary>What the service shows: the code and the page that explains it stay with the text.</summary>
    private static string TextOf(GuardMessage message) => $"{message.Code}: {message.Text} [{message.HelpLink}]";
}
