using System.Net.Security;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Shared.Kernel;

namespace Users;

/// <summary>
/// Mails go to a mail server. It may take one and the process die before that is kept: then it is sent again under the same Message-ID, by which most servers know it.
/// </summary>
/// <param name="trusts">Instead of the machine's certificates.</param>
internal sealed class Smtp(MailSettings mail, SmtpSettings server, RemoteCertificateValidationCallback? trusts = null) : IMailPort
{
    public async Task Send(Letter letter, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(server.Timeout);
        // As HttpClient does: a host behind a firewall cannot ask whether certificates were called back.
        using var client = new SmtpClient { CheckCertificateRevocation = false, ServerCertificateValidationCallback = trusts };
        using var message = Written(letter);
        try
        {
            await client.ConnectAsync(server.Host, server.Port, server.Tls, patience.Token);
            if (server is { User: { } user, Password: { } password }) await client.AuthenticateAsync(user, password, patience.Token);
            await client.SendAsync(message, patience.Token);
            await client.DisconnectAsync(quit: true, patience.Token);
        }
        catch (SmtpCommandException fault)
        {
            // The server's own words may name the recipient: they are in no log and no dead letter.
            var said = $"The mail server answered {(int)fault.StatusCode} to mail {letter.Id} ({fault.ErrorCode}).";
            if ((int)fault.StatusCode is >= 500 and < 600) throw new RefusedException("mail.refused", $"{said} It will not take it: look into the server's log.");
            throw new MailNotTakenException(said);
        }
        catch (AuthenticationException)
        {
            throw new MailNotTakenException($"The mail server {server.Host}:{server.Port} does not take Users:Mail:Smtp:User and its password.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new MailNotTakenException($"The mail server {server.Host}:{server.Port} did not take mail {letter.Id} within {server.Timeout} (Users:Mail:Smtp:Timeout).");
        }
    }

    internal MimeMessage Written(Letter letter)
    {
        var from = mail.From!;
        var message = new MimeMessage
        {
            MessageId = $"{letter.Id:n}@{from.Domain}",
            Date = letter.At,
            Subject = letter.Subject,
            Body = new TextPart("plain") { Text = letter.Text },
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress(letter.Name, letter.To));
        // RFC 3834: answering machines keep silent.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }
}

/// <summary>Tried again later.</summary>
internal sealed class MailNotTakenException(string said) : Exception(said);
