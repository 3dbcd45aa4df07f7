using Marten;
using Shared.Kernel;

namespace Users;

/// <summary>A mail is to be sent.</summary>
public sealed record SendMail(Guid MailId);

/// <summary>The mail port is asked, and that it has taken the mail is kept.</summary>
public static class WhenSendMail
{
    // No transaction is open while the port is asked. Twice: a sent one is left as it is; if the process died between the port's yes and our commit, it goes out again under the same Message-ID.
    public static async Task Handle(SendMail send, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct)
    {
        if (await db.LoadAsync<Mail>(send.MailId, ct) is not { SentAt: null } mail || !mailing.IsOn) return;

        if (mail.AccountId is null && mail.OrderId is { } order)
        {
            var known = await db.CustomerOf(order, mail.Id, ct);
            if (!known.Order)
            {
                // Early: its order is not known here. Each wait is as long as all before it; an order from before there were mails is given up.
                var waited = mailing.Now - mail.DecidedAt;
                if (waited < OrderCustomers.LongestWait) await outbox.Later(send, waited > TimeSpan.FromSeconds(1) ? waited : TimeSpan.FromSeconds(1));
                else db.Delete(mail);
                return;
            }

            mail.AccountId = known.Customer;
        }

        var account = mail.AccountId is { } id ? await db.LoadAsync<Account>(id, ct) : null;
        if ((mail.Address ?? account?.Email) is { } address)
        {
            await mailing.Send(mail, address, account, ct);
            mail.SentAt = mailing.Now;
        }

        (mail.Values, mail.Link) = ([], null);
        if (mail.SentAt is null) db.Delete(mail);
        else db.Update(mail);
    }
}
