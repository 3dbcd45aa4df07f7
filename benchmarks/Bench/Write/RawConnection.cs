using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Bench;

/// <summary>A client's one HTTP/1.1 connection, as thin as it can be: on two cores a rich client would hide the difference between servers.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly string _headWithoutKey;
    private readonly string _body;
    private byte[] _answer = new byte[16_384];

    public RawConnection(Uri server, string path, string token, string json)
    {
        _headWithoutKey = $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\nIdempotency-Key: ";
        _body = "\r\n\r\n" + json;
        _tcp.Connect(server.Host, server.Port);
    }

    /// <exception cref="InvalidOperationException">The answer is not 201.</exception>
    public async Task PostAsync()
    {
        var stream = _tcp.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(_headWithoutKey + Guid.CreateVersion7() + _body));
        var length = 0;
        do
        {
            if (length == _answer.Length) Array.Resize(ref _answer, 2 * length);
            var read = await stream.ReadAsync(_answer.AsMemory(length));
            if (read == 0) throw new InvalidOperationException("The server has closed the connection.");
            length += read;
        }
        while (!IsWhole(_answer.AsSpan(0, length)));

        if (!_answer.AsSpan(9, 3).SequenceEqual("201"u8)) throw new InvalidOperationException($"An order was not taken: {Encoding.UTF8.GetString(_answer, 0, length)}");
    }

    public void Dispose() => _tcp.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;

        var at = answer[..head].IndexOf("Content-Length: "u8);
        if (at < 0) return answer.EndsWith("\r\n0\r\n\r\n"u8);   // in chunks

        var digits = answer[(at + 16)..head];
        if (digits.IndexOf((byte)'\r') is var end and >= 0) digits = digits[..end];
        return answer.Length >= head + 4 + int.Parse(digits, NumberStyles.None);
    }
}
