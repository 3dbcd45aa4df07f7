using MailKit.Security;
using MimeKit;
using Shared.Kernel;

namespace Users.Tests;

public sealed class SmtpTests
{
    private static readonly Letter s_letter = new(Guid.CreateVersion7(), "ann@example.com", "Ann Ærlig", "Grüße", "Hello\n.\nthere\n", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public async Task a_mail_is_taken_as_it_was_written()
    {
        await using var server = new SmtpStandIn();

        await Port(server).Send(s_letter, CancellationToken.None);

        var taken = Read(Assert.Single(server.Taken));
        Assert.Equal(("Grüße", "Hello\n.\nthere\n"), (taken.Subject, taken.TextBody!.ReplaceLineEndings("\n")));
        Assert.Equal(($"{s_letter.Id:n}@shop.example", s_letter.At, "auto-generated"), (taken.MessageId, taken.Date, taken.Headers["Auto-Submitted"]));
        Assert.Equal(("The Shop", "shop@shop.example"), (taken.From.Mailboxes.Single().Name, taken.From.Mailboxes.Single().Address));
        Assert.Equal(("Ann Ærlig", "ann@example.com"), (taken.To.Mailboxes.Single().Name, taken.To.Mailboxes.Single().Address));
    }

    [Fact]
    public async Task an_answer_that_was_lost_is_a_fault_and_the_repetition_has_the_same_id()
    {
        await using var server = new SmtpStandIn { DropsAfterData = 1 };

        await Assert.ThrowsAnyAsync<Exception>(() => Port(server).Send(s_letter, CancellationToken.None));
        await Port(server).Send(s_letter, CancellationToken.None);

        Assert.Equal(2, server.Taken.Count);
        Assert.Single(server.Taken.Select(mail => Read(mail).MessageId).Distinct());
    }

    [Fact]
    public async Task a_recipient_who_is_refused_for_good_is_not_tried_again_and_named_nowhere()
    {
        await using var server = new SmtpStandIn();
        server.Recipients.Enqueue("550 ann@example.com is not known here");

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Port(server).Send(s_letter, CancellationToken.None));

        Assert.Equal("mail.refused", refused.Code);
        Assert.Contains("550", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ann@", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_server_that_is_busy_is_tried_again()
    {
        await using var server = new SmtpStandIn();
        server.Recipients.Enqueue("451 ann@example.com later");

        var fault = await Assert.ThrowsAsync<MailNotTakenException>(() => Port(server).Send(s_letter, CancellationToken.None));
        await Port(server).Send(s_letter, CancellationToken.None);

        Assert.DoesNotContain("ann@", fault.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Taken);
    }

    [Fact]
    public async Task a_server_that_says_nothing_is_given_up()
    {
        await using var server = new SmtpStandIn { IsSilent = true };

        var fault = await Assert.ThrowsAsync<MailNotTakenException>(() => Port(server, timeout: TimeSpan.FromMilliseconds(200)).Send(s_letter, CancellationToken.None));

        Assert.Contains("Users:Mail:Smtp:Timeout", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task where_tls_is_wanted_nothing_is_said_without()
    {
        await using var server = new SmtpStandIn();

        await Assert.ThrowsAsync<NotSupportedException>(() => Port(server, SecureSocketOptions.StartTls, "right password").Send(s_letter, CancellationToken.None));

        Assert.Empty(server.Taken);
        Assert.All(server.Heard, line => Assert.StartsWith("EHLO", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_certificate_that_nobody_vouches_for_is_refused()
    {
        await using var server = new SmtpStandIn(tls: true);

        await Assert.ThrowsAsync<SslHandshakeException>(() => Port(server, SecureSocketOptions.StartTls, "right password").Send(s_letter, CancellationToken.None));

        Assert.Empty(server.Taken);
    }

    [Fact]
    public async Task behind_tls_the_shop_proves_itself()
    {
        await using var server = new SmtpStandIn(tls: true);

        var fault = await Assert.ThrowsAsync<MailNotTakenException>(() => Port(server, SecureSocketOptions.StartTls, "wrong password", trusting: true).Send(s_letter, CancellationToken.None));
        await Port(server, SecureSocketOptions.StartTls, "right password", trusting: true).Send(s_letter, CancellationToken.None);

        Assert.Single(server.Taken);
        Assert.DoesNotContain("wrong password", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ann\r\nBcc: everybody@example.com")]
    [InlineData("Ann\nBcc: everybody@example.com\n\nBuy this")]
    [InlineData("Ann\u2028Bcc: everybody@example.com")]
    public void no_name_and_no_value_makes_a_header_or_a_line(string hostile)
    {
        var values = new Dictionary<string, string> { ["order"] = hostile, ["lines"] = hostile, ["name"] = hostile, ["shop"] = "Shop" };
        var (subject, text) = MailTemplates.Of(null).Fill("en", "order-confirmed", values);

        using var wire = new MemoryStream();
        new Smtp(Settings, Server(25), null).Written(s_letter with { Name = hostile, Subject = subject, Text = text }).WriteTo(wire);
        wire.Position = 0;
        var read = MimeMessage.Load(wire);

        Assert.Empty(read.Bcc);
        Assert.DoesNotContain(read.Headers, header => header.Field.Equals("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.Single(read.To.Mailboxes);
        Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith("Bcc", StringComparison.Ordinal) || line.StartsWith("Buy", StringComparison.Ordinal));
    }

    private static readonly MailSettings Settings = new(MailProvider.Smtp, new MailboxAddress("The Shop", "shop@shop.example"), [], "en", null, null, null);

    private static SmtpSettings Server(int port, SecureSocketOptions tls = SecureSocketOptions.None, string? password = null, TimeSpan? timeout = null) =>
        new("127.0.0.1", port, tls, password is null ? null : "shop", password, timeout ?? TimeSpan.FromSeconds(20));

    private static Smtp Port(SmtpStandIn server, SecureSocketOptions tls = SecureSocketOptions.None, string? password = null, TimeSpan? timeout = null, bool trusting = false) =>
        new(Settings, Server(server.Port, tls, password, timeout), trusting ? (_, certificate, _, _) => certificate?.Subject == "CN=stand-in" : null);

    private static MimeMessage Read(string taken) => MimeMessage.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(taken.Replace("\n..\n", "\n.\n", StringComparison.Ordinal))));
}
