using BuildGuard.Diagnostics;

namespace BuildGuard.Core.Tests;

/// <summary>What others wrote shows on a line of ours what it says.</summary>
[TestClass]
public sealed class ForeignTextTests
{
    [TestMethod]
    [DataRow("make -j4 'ü 日本 \ud83d\ude00'", "make -j4 'ü 日本 \ud83d\ude00'", DisplayName = "what can be seen stays")]
    [DataRow("a\nb\tc\rd", "a b c d", DisplayName = "ends of lines and tabs")]
    [DataRow("\u001b[2J\u0007\u007f\u009b31m", "\ufffd[2J\ufffd\ufffd\ufffd31m", DisplayName = "controls")]
    [DataRow("txt.\u202egpj.exe", "txt.\ufffdgpj.exe", DisplayName = "right to left override")]
    [DataRow("\u2066a\u2067b\u2068c\u2069", "\ufffda\ufffdb\ufffdc\ufffd", DisplayName = "isolates")]
    [DataRow("no\u200bthing\u200d\ufeff\u00ad", "no\ufffdthing\ufffd\ufffd\ufffd", DisplayName = "no width")]
    [DataRow("a\u2028b\u2029c", "a\ufffdb\ufffdc", DisplayName = "line ends of Unicode")]
    [DataRow("a\udb40\udc41b", "a\ufffdb", DisplayName = "a tag, which takes a pair")]
    public void Nothing_unseen_gets_through(string text, string shown) => Assert.AreEqual(shown, ForeignText.Clean(text));

    /// <summary>Not data rows: an attribute cannot hold half a pair.</summary>
    [TestMethod]
    public void A_cut_leaves_no_half_of_a_pair()
    {
        Assert.AreEqual("a\ufffdb", ForeignText.Clean("a\ud83db"));
        Assert.AreEqual("ab…", ForeignText.Clean("abcd", 3));
        Assert.AreEqual("a…", ForeignText.Clean("a\ud83d\ude00bc", 3));
        Assert.AreEqual("a\ud83d\ude00", ForeignText.Clean("a\ud83d\ude00", 3));
    }

    /// <summary>Whatever is put into a message, also where nobody thought of it.</summary>
    [TestMethod]
    public void A_message_is_one_line_whatever_stands_in_it()
    {
        var message = new GuardMessage(MessageLevel.Error, "BG0001", "a\u202eb\nc");
        Assert.AreEqual("a\ufffdb c", message.Text);
        Assert.AreEqual("d\ufffd", (message with { Text = "d\u2028" }).Text, "a copy with another text");
    }
}
