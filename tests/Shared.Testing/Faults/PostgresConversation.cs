using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Shared.Testing;

/// <summary>
/// PostgreSQL's protocol 3, as far as needed: where messages end, who logs in, what a transaction said, and which ReadyForQuery ends the answer to which request:
/// the n-th one answers the n-th of log-in, Query, FunctionCall or Sync.
/// </summary>
internal sealed class PostgresConversation(Func<ProxiedRequest, Trap?> spring) : IConversation
{
    private const int CancelRequest = 80_877_102, SslRequest = 80_877_103, GssRequest = 80_877_104;
    private const int Remembered = 4 << 20;

    private readonly Lock _lock = new();   // the two directions meet here
    private readonly ArrayBufferWriter<byte> _transaction = new();
    private readonly Queue<int> _ends = [];   // of the unanswered requests, in _transaction
    private readonly Dictionary<string, byte[]> _statements = [];
    private string _user = "", _database = "";
    private bool _loggedIn;
    private int _encryptionAsked, _asked, _answered, _swallowed;
    private Trap? _trap;
    private string _answer = "";

    public (Trap Trap, SwallowedAnswer Answer)? Sprung
    {
        get
        {
            lock (_lock)
                return _trap is null ? null : (_trap, new SwallowedAnswer(_user, _database, _answer));
        }
    }

    public int LengthFromClient(ReadOnlySpan<byte> pending) => Length(pending, typed: _loggedIn);

    public int LengthFromServer(ReadOnlySpan<byte> pending)
    {
        lock (_lock)
            return _encryptionAsked > 0 && pending.Length > 0 ? 1 : Length(pending, typed: true);
    }

    public void Asked(ReadOnlyMemory<byte> message)
    {
        lock (_lock)
        {
            if (!_loggedIn)
            {
                LogIn(message.Span);
                return;
            }
            Remember(message.Span);
            var answeredBy = _asked + 1;   // a commit that is bound is executed and answered by the next Sync
            if ((char)message.Span[0] is 'Q' or 'F' or 'S')
                Expect();
            if (_trap is null && spring(new ProxiedRequest(_user, _database, message, _transaction.WrittenMemory, IsCommit(message.Span))) is { } trap)
                (_trap, _swallowed, _answer) = (trap, answeredBy, "");
        }
    }

    public Verdict Answered(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            if (_encryptionAsked > 0)
            {
                _encryptionAsked--;
                return message[0] == 'N'
                    ? Verdict.Deliver
                    : throw new InvalidOperationException("The proxy does not read TLS or GSS: connect with 'SSL Mode=Disable', which TcpProxy.Through sets.");
            }
            var swallowing = _trap is not null && _answered + 1 >= _swallowed;
            switch ((char)message[0])
            {
                case 'C' when swallowing:
                    _answer = Text(message[5..]);
                    break;
                case 'E' when swallowing:
                    _answer = Encoding.UTF8.GetString(message[5..]).Replace('\0', ' ');
                    break;
                case 'Z':
                    _answered++;
                    var end = _ends.Dequeue();
                    if (message[5] == 'I')
                        Forget(end);
                    if (swallowing)
                        return Verdict.Cut;
                    break;
            }
            return swallowing ? Verdict.Hold : Verdict.Deliver;
        }
    }

    private void LogIn(ReadOnlySpan<byte> message)
    {
        switch (BinaryPrimitives.ReadInt32BigEndian(message[4..]))
        {
            case SslRequest or GssRequest:
                _encryptionAsked++;
                break;
            case CancelRequest:
                break;
            default:
                var settings = Encoding.UTF8.GetString(message[8..]).Split('\0');
                for (var i = 0; i + 1 < settings.Length && settings[i].Length > 0; i += 2)
                    if (settings[i] == "user")
                        _user = settings[i + 1];
                    else if (settings[i] == "database")
                        _database = settings[i + 1];
                _loggedIn = true;
                Expect();
                break;
        }
    }

    private void Remember(ReadOnlySpan<byte> message)
    {
        if (message[0] == 'P')
            _statements[Text(message[5..])] = message.ToArray();
        // A prepared statement is executed by its name: what it says is recalled.
        var statement = message[0] == 'B' ? Bound(message) : [];
        if (_transaction.WrittenCount < Remembered)
        {
            _transaction.Write(statement);
            _transaction.Write(message);
        }
    }

    private ReadOnlySpan<byte> Bound(ReadOnlySpan<byte> message) => _statements.TryGetValue(Second(message), out var statement) ? statement : [];

    private void Expect()
    {
        _asked++;
        _ends.Enqueue(_transaction.WrittenCount);
    }

    // The client may have begun the next transaction before it knew that it is idle: Npgsql resets a pooled connection and begins in one go.
    private void Forget(int end)
    {
        var begun = _transaction.WrittenSpan[end..].ToArray();
        _transaction.ResetWrittenCount();
        _transaction.Write(begun);
        for (var i = _ends.Count; i > 0; i--)
            _ends.Enqueue(_ends.Dequeue() - end);
    }

    private bool IsCommit(ReadOnlySpan<byte> message)
    {
        var sql = (char)message[0] switch
        {
            'Q' => Text(message[5..]),
            'B' when Bound(message) is { Length: > 0 } statement => Second(statement),
            _ => "",
        };
        return sql.TrimEnd(' ', ';', '\n').Equals("COMMIT", StringComparison.OrdinalIgnoreCase);
    }

    // Parse: statement, SQL. Bind: portal, statement.
    private static string Second(ReadOnlySpan<byte> message) => Text(message[(5 + Text(message[5..]).Length + 1)..]);

    // One byte to a character, so that lengths are those of the bytes.
    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes[..bytes.IndexOf((byte)0)]);

    private static int Length(ReadOnlySpan<byte> pending, bool typed)
    {
        var header = typed ? 1 : 0;
        if (pending.Length < header + 4)
            return 0;
        var length = header + BinaryPrimitives.ReadInt32BigEndian(pending[header..]);
        return length <= pending.Length ? length : 0;
    }
}
