using System.Text;
using BuildGuard.Leases.Tests.Simulation;
using BuildGuard.Stress;
using CsCheck;

namespace BuildGuard.Leases.Tests;

/// <summary>Whatever bytes are in a file, reading it ends, throws nothing, and believes only what we could have written.</summary>
[TestClass]
public sealed class ParserTests
{
    private const int Runs = 40_000;

    [TestMethod]
    [DynamicData(nameof(Parsers))]
    public void Mutated_state_files_are_read_or_refused(string parser) =>
        Gen.Int[0, int.MaxValue].Sample(Mutations.All.Single(m => m.Name == parser).Check, iter: Runs);

    private static IEnumerable<object[]> Parsers => Mutations.All.Select(m => new object[] { m.Name });

    [TestMethod]
    public void What_is_written_is_read_back() => Gen.String.Array[5].Sample(
        texts =>
        {
            LeaseRecord record = new()
            {
                Kind = LeaseKind.Session,
                Holder = World.IdentityOf(7),
                Owner = World.IdentityOf(8),
                Build = Valid(texts[0]),
                Label = Valid(texts[1]),
                Command = Valid(texts[2]),
                WorkingDirectory = Valid(texts[3]),
                User = Valid(texts[4]),
                Version = Valid(texts[0]),
                EnqueuedAt = DateTimeOffset.UnixEpoch,
            };
            TicketContent? content = TicketCodec.Decode(TicketCodec.Encode(record));
            Assert.AreEqual(record, content?.Record);
            Assert.AreEqual(TicketState.Waiting, content?.State);
        },
        iter: 5000);

    [TestMethod]
    [DataRow(125829120L, 7, """ "limits":{"memoryBytes":125829120,"processes":7} """)]
    [DataRow(null, 7, """ "limits":{"processes":7} """)]
    [DataRow(null, null, """ "limits":{} """)]
    public void The_limits_of_an_operation_are_read_back_and_what_is_not_known_in_them_is_skipped(long? memory, int? processes, string json)
    {
        LeaseRecord record = new()
        {
            Kind = LeaseKind.Operation,
            Holder = World.IdentityOf(7),
            Label = "x",
            Limits = new LeaseLimits(memory, processes),
            User = "tester",
            EnqueuedAt = DateTimeOffset.UnixEpoch,
        };
        string ticket = Encoding.UTF8.GetString(TicketCodec.Encode(record));
        StringAssert.Contains(ticket, json.Trim());
        Assert.AreEqual(record, TicketCodec.Decode(Encoding.UTF8.GetBytes(ticket))?.Record);
        string later = ticket.Replace("\"limits\":{", "\"limits\":{\"later\":[{}],", StringComparison.Ordinal).Replace(",}", "}", StringComparison.Ordinal);
        Assert.AreEqual(record, TicketCodec.Decode(Encoding.UTF8.GetBytes(later))?.Record);
        Assert.IsNull(TicketCodec.Decode(TicketCodec.Encode(record with { Limits = null }))?.Record.Limits);
    }

    [TestMethod]
    public void Other_users_read_who_it_is_and_no_more()
    {
        LeaseRecord record = new()
        {
            Kind = LeaseKind.Operation,
            Holder = World.IdentityOf(7),
            Label = "x",
            Command = "cc -DTOKEN=secret",
            WorkingDirectory = "/home/tester/work",
            Limits = new LeaseLimits(1, 2),
            User = "tester",
            EnqueuedAt = DateTimeOffset.UnixEpoch,
        };
        Assert.AreEqual(record with { Command = null, WorkingDirectory = null, Limits = null }, record.ForOthers());
        Assert.AreEqual("build", (record with { Kind = LeaseKind.Session }).ForOthers().Label);
    }

    [TestMethod]
    [DataRow('x')]
    [DataRow('\0')]
    [DataRow('ü')]
    [DataRow('語')]
    [DataRow('"')]
    public void The_longest_texts_still_make_a_ticket_that_is_read(char letter)
    {
        string text = new(letter, 1_000_000);
        LeaseRecord record = new()
        {
            Kind = LeaseKind.Operation,
            Holder = World.IdentityOf(7),
            Build = text,
            Label = text,
            Command = text,
            WorkingDirectory = text,
            User = text,
            EnqueuedAt = DateTimeOffset.UnixEpoch,
        };
        TicketContent? content = TicketCodec.Decode(TicketCodec.Encode(record));
        Assert.IsNotNull(content);
        Assert.StartsWith(text[..4000], content.Record.Label);
    }

    [TestMethod]
    public void Names_are_read_back_or_refused()
    {
        Gen.Select(Gen.ULong[0, TicketName.MaxNumber], Gen.UInt).Sample((number, nonce) =>
        {
            var name = new TicketName(number, nonce);
            Assert.IsTrue(TicketName.TryParse(name.ToString(), out TicketName read));
            Assert.AreEqual(name, read);
        }, iter: Runs);
        Gen.String[Gen.Char["0123456789-abcdefABCDEF xg\u0660"], 0, 24].Sample(
            text => Assert.IsTrue(!TicketName.TryParse(text, out TicketName name) || name.ToString() == text, text), iter: Runs);
        Gen.String[Gen.Char["0189-abf/user.\\\0"], 0, 40].Sample(
            text => Assert.IsTrue(!LeaseId.TryParse(text, out LeaseId id)
                || (id.Value == text && !text.Contains("..", StringComparison.Ordinal) && id.Ticket.ToString().Length > 0), text), iter: Runs);
    }

    [TestMethod]
    [DataRow("12\0-9f3a77b0")]
    [DataRow("\0-9f3a77b0")]
    [DataRow("+12-9f3a77b0")]
    [DataRow("012-9f3a77b0")]
    [DataRow("4611686018427387905-9f3a77b0")]
    [DataRow("12-9f3a77b")]
    [DataRow("12-9F3A77B0")]
    public void A_name_in_any_other_form_is_none(string text) => Assert.IsFalse(TicketName.TryParse(text, out _));

    /// <summary>The mutex: whatever is in it, the queue works, and a number is never given out twice while its ticket is there.</summary>
    [TestMethod]
    public void A_garbled_mutex_harms_nobody()
    {
        using var state = new StateDirectory();
        Gen.Select(Gen.Byte.Array[0, 80], Gen.Bool).Sample((bytes, digits) =>
        {
            using var world = new World();
            SimulatedProcess holder = world.Create().Start().AwaitTurn();
            byte[] garbage = digits ? Array.ConvertAll(bytes, b => (byte)('0' + (b % 10))) : bytes;
            File.WriteAllBytes(Path.Combine(world.State.Queue, "mutex"), garbage);
            SimulatedProcess second = world.Create().Start();
            Assert.IsFalse(second.HasTurn);
            Assert.IsGreaterThan(holder.Lease.Ticket.Number, second.Lease.Ticket.Number);
            holder.Release();
            second.AwaitTurn().Release();
            Assert.IsEmpty(world.State.Leftovers());
        }, iter: 300, threads: 1);
    }

    [TestMethod]
    [DataRow("04611686018427387904")]
    [DataRow("04611686018427387903")]
    [DataRow("18446744073709551615")]
    [DataRow("99999999999999999999")]
    [DataRow("-0000000000000000001")]
    public void A_counter_at_its_end_is_not_believed(string counter)
    {
        using var world = new World();
        Directory.CreateDirectory(world.State.Queue, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(world.State.Queue, "mutex"), counter);
        for (int i = 0; i < 3; i++)
        {
            SimulatedProcess process = world.Create().Start().AwaitTurn();
            process.Release();
        }
    }

    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
