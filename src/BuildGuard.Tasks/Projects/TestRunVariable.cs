namespace BuildGuard.Tasks.Projects;

/// <summary>
/// Where the stand-in for the test console finds its project when several are built in one process: tasks that know nothing
/// of several are given the process's environment, so each test file has a variable of its own there.
/// </summary>
internal static class TestRunVariable
{
    /// <summary>What all variables of the guard's own begin with. Nothing that the guard starts sees them.</summary>
    public const string Prefix = "_BUILDGUARD_";

    /// <summary>The name of the variable.</summary>
    /// <param name="testFile">The assembly with the tests, an absolute path.</param>
    public static string NameOf(string testFile)
    {
        // FNV-1a, 64 bit: only distinct, not secret.
        var hash = 14695981039346656037UL;
        foreach (var character in testFile)
        {
            hash = unchecked((hash ^ character) * 1099511628211UL);
        }

        return Prefix + "TESTS_" + hash.ToString("X16");
    }

    /// <summary>Removes all of them from what a program is started with.</summary>
    public static void RemoveFrom(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToList())
        {
            environment.Remove(name);
        }
    }
}
