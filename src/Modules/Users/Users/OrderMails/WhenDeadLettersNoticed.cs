using System.Globalization;
using Marten;
using Shared.Kernel;

namespace Users;

/// <summary>
/// Operators hear of messages that were given up: a mail for all that one look of a module found. Of mails that were given up, those hear whom such a mail reaches:
/// else it would be given up too, and be told of by the next one, without an end.
/// </summary>
public static class WhenDeadLettersNoticed
{
    private const string Template = "dead-letters", Mails = "module://users/send-mail";

    // The last one to him waits or was given up. Several modules look at the same moment: one that was only just decided on says nothing yet.
    private const string Unreached = """
        select coalesce(data ->> 'address', data ->> 'accountId') as who from mt_doc_mail where data ->> 'template' = $1 group by who
        having max(decided_at) filter (where data ->> 'sentAt' is null and decided_at < $2) > coalesce(max(decided_at) filter (where data ->> 'sentAt' is not null), '-infinity')
        """;

    private static readonly TimeSpan s_onItsWay = TimeSpan.FromMinutes(1);

    // Twice: the mails' ids are made from the event's.
    public static async Task Handle(DeadLettersNoticed noticed, IDocumentSession db, Outbox outbox, Mailing mailing, CancellationToken ct)
    {
        if (!mailing.IsOn) return;

        var unreached = noticed.Letters.Any(letter => letter.Destination == Mails) ? await db.Read(Unreached, [Template, mailing.Now - s_onItsWay], row => row.GetString(0), ct) : [];
        await db.TellOperators(outbox, mailing, Template, [noticed.Id.ToString()], who => Shown(noticed.Module, [.. noticed.Letters.Where(letter => letter.Destination != Mails || !unreached.Contains(who))]), ct);
    }

    private static Dictionary<string, string>? Shown(string module, DeadLetterCount[] letters) => letters.Length == 0 ? null : new()
    {
        ["module"] = module,
        ["count"] = letters.Sum(letter => letter.Count).ToString(CultureInfo.InvariantCulture),
        ["letters"] = string.Join(", ", letters.Select(letter => $"{letter.Count} × {letter.Message} at {letter.Destination}")),
        ["since"] = letters.Min(letter => letter.Since).ToString("u", CultureInfo.InvariantCulture),
    };
}
