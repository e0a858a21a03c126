namespace BuildGuard.Leases;

/// <summary>The names a lock can have: <c>user</c>, <c>machine</c>, or one that the user chose.</summary>
public static class LockName
{
    /// <summary>The lock of one user, the default.</summary>
    public const string User = "user";

    /// <summary>The lock that all users of the machine share.</summary>
    public const string Machine = "machine";

    /// <summary>1 to 64 of <c>a-z 0-9 . _ -</c>, the first a letter or digit: safe as a directory's name anywhere.</summary>
    public static bool IsValid(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > 64 || !(char.IsAsciiLetterLower(name[0]) || char.IsAsciiDigit(name[0])))
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
