using System.Globalization;

namespace BuildGuard.Diagnostics;

/// <summary>Times as all JSON of ours writes them: UTC, ISO 8601, milliseconds.</summary>
public static class JsonTime
{
    /// <summary>As in <c>2026-03-01T12:00:00.000Z</c>.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
