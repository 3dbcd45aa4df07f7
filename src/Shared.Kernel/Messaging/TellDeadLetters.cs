using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Shared.Kernel;

/// <summary>Messages have become dead letters of a module, which nobody was told of yet. Every module publishes it of its own, one for all that a look finds.</summary>
public sealed record DeadLettersNoticed(Guid Id, string Module, IReadOnlyList<DeadLetterCount> Letters);

/// <param name="Destination">Their logical address.</param>
/// <param name="Message">Their wire name.</param>
/// <param name="Since">When the first of them was given up.</param>
public sealed record DeadLetterCount(string Destination, string Message, int Count, DateTimeOffset Since);

/// <summary>Looks for dead letters that nobody was told of. Which were told is kept with them, so that neither a restart nor a second instance tells again.</summary>
internal sealed class TellDeadLetters(string module, TimeSpan pause, IServiceScopeFactory scopes, TimeProvider clock, ILogger<TellDeadLetters> logger) : Housekeeping(pause, clock, logger)
{
    public const string Sql = "create table if not exists modular_told_letters (id uuid, received_at text, failed_at timestamptz not null, primary key (id, received_at))";

    // Of two instances the second waits for the first one's commit and finds the same time. One that was replayed and is dead again has another time.
    // The telling's own dead letters are not told: they would be the next, without an end.
    private const string Mark = """
        with letters as (
          select id, received_at::text, message_type, coalesce(failed_at, sent_at, 'epoch') as failed_at from wolverine_dead_letters where message_type <> $1),
        gone as (
          delete from modular_told_letters told where not exists (select from wolverine_dead_letters letter where letter.id = told.id and letter.received_at = told.received_at)),
        told as (
          insert into modular_told_letters as told select id, received_at, failed_at from letters
          where not exists (select from modular_told_letters told where (told.id, told.received_at, told.failed_at) = (letters.id, letters.received_at, letters.failed_at))
          order by id, received_at
          on conflict (id, received_at) do update set failed_at = excluded.failed_at where told.failed_at <> excluded.failed_at
          returning id, received_at)
        select received_at, message_type, count(*)::int, min(failed_at) from letters join told using (id, received_at) group by 1, 2 order by 3 desc, 1, 2
        """;

    public override async Task OnceAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var session = scope.ServiceProvider.GetRequiredService<IDocumentSession>();
        await session.BeginTransactionAsync(cancellation);
        var letters = await session.Read(Mark, [WireName.Declare(typeof(DeadLettersNoticed))], row =>
            new DeadLetterCount(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3)), cancellation);
        if (letters.Count == 0) return;

        await scope.ServiceProvider.GetRequiredService<Outbox>().Publish(new DeadLettersNoticed(Guid.CreateVersion7(), module, letters));
        await session.SaveChangesAsync(cancellation);
    }
}
