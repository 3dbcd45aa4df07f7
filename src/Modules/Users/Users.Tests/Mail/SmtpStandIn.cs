using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Users.Tests;

/// <summary>A mail server that takes mails, or does with them what a test says. One line each way at a time (RFC 5321).</summary>
internal sealed class SmtpStandIn : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;

    public SmtpStandIn(bool tls = false)
    {
        _certificate = tls ? SelfSigned() : null;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whole messages, each as often as it was taken.</summary>
    public ConcurrentQueue<string> Taken { get; } = new();

    public ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>The answer to the next recipients, one each; then they are welcome.</summary>
    public ConcurrentQueue<string> Recipients { get; } = new();

    /// <summary>Recipients who are refused for good.</summary>
    public ConcurrentBag<string> Unknown { get; } = [];

    /// <summary>So many messages are taken, but their answer is lost.</summary>
    public int DropsAfterData { get; set; }

    /// <summary>Nothing is answered any more.</summary>
    public bool IsSilent { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        _certificate?.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true) talks.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_over.Token)));
        }
        catch (Exception) when (_over.IsCancellationRequested)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        Stream wire = client.GetStream();
        try
        {
            if (IsSilent) await Task.Delay(Timeout.Infinite, _over.Token);
            await Say(wire, "220 stand-in");
            while (await Line(wire) is { } line)
            {
                Heard.Enqueue(line);
                switch (line.Split(' ', ':')[0].ToUpperInvariant())
                {
                    case "EHLO":
                        await Say(wire, wire is SslStream ? "250-stand-in\r\n250 AUTH PLAIN" : _certificate is null ? "250 stand-in" : "250-stand-in\r\n250 STARTTLS");
                        break;
                    case "STARTTLS":
                        await Say(wire, "220 go ahead");
                        var secure = new SslStream(wire);
                        await secure.AuthenticateAsServerAsync(_certificate!);
                        wire = secure;
                        break;
                    case "AUTH":
                        await Say(wire, line.EndsWith(Convert.ToBase64String(Encoding.UTF8.GetBytes("\0shop\0right password")), StringComparison.Ordinal) ? "235 welcome" : "535 no");
                        break;
                    case "RCPT":
                        await Say(wire, Unknown.Any(line.Contains) ? "550 not known here" : Recipients.TryDequeue(out var answer) ? answer : "250 ok");
                        break;
                    case "DATA":
                        await Say(wire, "354 go on");
                        var text = new StringBuilder();
                        while (await Line(wire) is { } part && part != ".") text.Append(part).Append('\n');
                        Taken.Enqueue(text.ToString());
                        if (DropsAfterData-- > 0) return;
                        await Say(wire, "250 taken");
                        break;
                    case "QUIT":
                        await Say(wire, "221 bye");
                        return;
                    default:
                        await Say(wire, "250 ok");
                        break;
                }
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or AuthenticationException or SocketException)
        {
            // The client has gone: it trusts no such certificate, or has waited long enough.
        }
    }

    private static async Task Say(Stream wire, string line) => await wire.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"));

    private static async Task<string?> Line(Stream wire)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (await wire.ReadAsync(one) == 1)
        {
            if (one[0] == '\n') return Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
            bytes.Add(one[0]);
        }

        return null;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var pair = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=stand-in", pair, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
