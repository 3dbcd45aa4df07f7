using System.Net;
using System.Net.Sockets;

namespace Shared.Testing;

/// <summary>One client's connection through the proxy: whole messages pass on, until the verdict is to cut.</summary>
internal sealed class ProxiedConnection(Socket client, TcpProxy proxy, IConversation conversation) : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public async Task RunAsync(int serverPort)
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(IPAddress.Loopback, serverPort);
            Task[] directions = [ForwardAsync(), AnswerAsync()];
            var first = await Task.WhenAny(directions);   // who hangs up first takes the other along
            Dispose();
            await Task.WhenAll(directions).ContinueWith(_ => first, TaskScheduler.Default).Unwrap();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, refused by the server, or reset by either end: all the same here.
        }
        finally
        {
            Dispose();
            conversation.Sprung?.Trap.Missed();   // no effect on one that is done
        }
    }

    public void Cut()
    {
        foreach (var socket in (Socket[])[client, _server])
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);   // RST, not an orderly end
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Closed already.
            }
        }
        Dispose();
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
    }

    private Task ForwardAsync() => PumpAsync(client, _server, () => proxy.Requests, conversation.LengthFromClient, message =>
    {
        conversation.Asked(message);
        return Verdict.Deliver;
    });

    private Task AnswerAsync() => PumpAsync(_server, client, () => proxy.Answers, conversation.LengthFromServer, message => conversation.Answered(message.Span));

    private async Task PumpAsync(Socket from, Socket to, Func<Task> flow, Length length, Func<ReadOnlyMemory<byte>, Verdict> judge)
    {
        var buffer = new byte[64 << 10];
        var filled = 0;
        while (true)
        {
            var read = await from.ReceiveAsync(buffer.AsMemory(filled));
            if (read == 0)
            {
                to.Shutdown(SocketShutdown.Send);   // what was sent before still arrives
                return;
            }
            filled += read;

            int seen = 0, delivered = 0;
            var verdict = Verdict.Deliver;
            while (verdict != Verdict.Cut && length(buffer.AsSpan(seen, filled - seen)) is > 0 and var message)
            {
                verdict = judge(buffer.AsMemory(seen, message));
                seen += message;
                if (verdict == Verdict.Deliver)
                    delivered = seen;
            }

            await flow();
            if (verdict == Verdict.Cut)
            {
                Swallow();
                return;
            }
            for (var sent = 0; sent < delivered;)
                sent += await to.SendAsync(buffer.AsMemory(sent, delivered - sent));
            buffer.AsSpan(seen, filled - seen).CopyTo(buffer);
            filled -= seen;
            if (filled == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
        }
    }

    private void Swallow()
    {
        var (trap, answer) = conversation.Sprung!.Value;
        Cut();
        proxy.CountSwallowed();
        trap.Done(answer);
    }

    private delegate int Length(ReadOnlySpan<byte> pending);
}
